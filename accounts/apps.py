from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The people who work here."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import second_factors
        from audit import resealing

        resealing.register(
            resealing.Elsewhere("second factors", second_factors.left_under, second_factors.reseal)
        )
