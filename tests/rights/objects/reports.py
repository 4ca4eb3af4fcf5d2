"""The addresses of this room point at clients, whose maker stands in objects/clients.py."""
