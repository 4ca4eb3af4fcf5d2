"""`./run`: what it decides and writes, and the one line it says when something is wrong.

The script runs here on an empty folder of its own; no program is started and no network is used.
"""

import importlib.util
import json
import os
import socket
import stat
import subprocess
import threading
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "run"
RIGHT = subprocess.CompletedProcess([], 0, stdout="3 11\n", stderr="")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The script as a module that believes an empty folder to be the project, beside no settings."""
    for name in [name for name in os.environ if name.startswith("AFTERWORD_")] + ["DATABASE_URL", "CI"]:
        monkeypatch.delenv(name, raising=False)
    loader = SourceFileLoader("run_script", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_script", loader))
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader.exec_module(module)
    for name in ("ROOT", "VENV", "STAMP", "UNFINISHED", "SCRATCH", "DOTENV"):
        monkeypatch.setattr(module, name, tmp_path / getattr(module, name).relative_to(SCRIPT.parent))
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    (tmp_path / "requirements/dev.txt").write_text("django==5.2\npytest==9\n")
    return module


@pytest.fixture
def programs(run, monkeypatch):
    """Every program that the script would start, as lists of words; each of them succeeds."""
    started = []

    def pretend(command, **_options):
        started.append([str(word) for word in command])
        if "venv" in command:
            python = Path(run.venv_python())
            python.parent.mkdir(parents=True)
            python.touch()
            (run.VENV / "pyvenv.cfg").touch()
        return RIGHT

    monkeypatch.setattr(run.subprocess, "run", pretend)
    monkeypatch.setattr(run.subprocess, "call", lambda command, **_options: pretend(command).returncode)
    monkeypatch.setattr(run, "become", lambda command: pretend(command).returncode)
    return started


def said(capsys) -> str:
    """What was written to standard error; standard output must have stayed empty."""
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


# --- Python -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 11, 2), (3, 12, 0), (3, 13, 9)])
def test_a_fitting_python_is_used_itself(run, version):
    assert run.find_python(version) == run.sys.executable


@pytest.mark.parametrize("version", [(3, 9, 18), (3, 10, 13), (3, 14, 0)])
def test_another_python_hands_over_to_the_newest_that_really_starts(run, monkeypatch, version):
    # python3.13 is a version manager's stand-in here: on PATH, but answering 127.
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/opt/{name}")
    monkeypatch.setattr(run.subprocess, "call", lambda words, **_: 127 if "3.13" in words[0] else 0)
    assert run.find_python(version) == "/opt/python3.12"


def test_no_fitting_python_is_said_with_the_versions_that_would_do(run, monkeypatch):
    monkeypatch.setattr(run.shutil, "which", lambda _name: None)
    with pytest.raises(run.SetupError, match=r"needs Python 3\.11, 3\.12 or 3\.13; this is Python 3\.9"):
        run.find_python((3, 9, 18))


# --- Installing -------------------------------------------------------------------------------


def test_install_checks_hashes_and_does_nothing_the_second_time(run, programs):
    run.install("requirements.txt")
    [venv, pip] = programs
    assert venv[1:3] == ["-m", "venv"]
    assert "--require-hashes" in pip
    assert str(run.ROOT / "requirements.txt") in pip
    programs.clear()
    run.install("requirements.txt")
    assert programs == []


def test_a_changed_lock_is_installed_again_into_the_same_environment(run, programs):
    run.install("requirements.txt")
    programs.clear()
    (run.ROOT / "requirements.txt").write_text("django==5.3\n")
    run.install("requirements.txt")
    assert any("pip" in words for words in programs)
    assert not any("venv" in words for words in programs)


def test_the_development_set_counts_as_the_runtime_set_but_not_the_reverse(run, programs):
    run.install("requirements/dev.txt")
    programs.clear()
    run.install("requirements.txt")
    assert programs == []
    run.STAMP.write_text(json.dumps({"requirements.txt": run.digest("requirements.txt")}))
    run.install("requirements/dev.txt")
    assert any(str(run.ROOT / "requirements/dev.txt") in words for words in programs)


def test_an_interrupted_installation_is_begun_anew(run, programs, monkeypatch, capsys):
    def interrupted(_lock):
        (run.VENV / "half-a-package").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run, "pip_install", interrupted)
        assert run.main(["manage", "check"]) == 130
    assert not run.STAMP.exists()
    programs.clear()
    run.install("requirements.txt")
    assert any("venv" in words for words in programs)
    assert not (run.VENV / "half-a-package").exists()
    assert not run.UNFINISHED.exists()
    assert "not finished" in said(capsys)


@pytest.mark.parametrize(
    ("answer", "reason"), [("3 9\n", "is of Python 3.9"), ("3 14\n", "is of Python 3.14"), ("3 12\n", "")]
)
def test_an_environment_of_another_python_is_replaced(run, monkeypatch, answer, reason):
    done = subprocess.CompletedProcess([], 0, stdout=answer, stderr="")
    monkeypatch.setattr(run.subprocess, "run", lambda *_args, **_options: done)
    assert run.venv_fault().endswith(reason)
    assert bool(run.venv_fault()) == bool(reason)


def test_an_environment_whose_python_is_gone_is_replaced(run):
    run.VENV.mkdir()
    assert "does not start" in run.venv_fault()


def test_a_folder_that_is_no_environment_is_never_removed(run, programs):
    run.VENV.mkdir()
    (run.VENV / "thesis.odt").touch()
    with pytest.raises(run.SetupError, match="not a virtual environment"):
        run.make_venv("python3")
    assert (run.VENV / "thesis.odt").exists()
    assert programs == []


def test_a_failed_installation_is_one_line_and_leaves_no_stamp(run, programs, monkeypatch, capsys):
    output = "Collecting django\nERROR: Hashes are required\nsome advice\n"
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr=output)
    pretend = run.subprocess.run
    monkeypatch.setattr(
        run.subprocess,
        "run",
        lambda words, **options: failed if "pip" in words else pretend(words, **options),
    )
    assert run.main(["manage", "check"]) == 1
    assert said(capsys).splitlines()[-1].startswith("The packages could not be installed: ERROR: Hashes")
    assert not run.STAMP.exists()
    assert (run.SCRATCH / "pip.log").read_text() == output


def test_no_network_is_named_as_such(run, monkeypatch):
    output = (
        "WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution"
    )
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr=output)
    run.SCRATCH.mkdir()
    monkeypatch.setattr(run.subprocess, "run", lambda *_args, **_options: failed)
    with pytest.raises(run.SetupError, match="is there a network"):
        run.pip_install("requirements.txt")


def test_a_folder_that_cannot_be_written_is_one_line(run, monkeypatch, capsys):
    def refuse(self, *_args, **_options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert run.main(["manage", "check"]) == 1
    assert "Permission denied. Afterword needs a folder that it may write in." in said(capsys)


# --- .env and keyring -------------------------------------------------------------------------


def test_env_file_is_private_has_fresh_secrets_and_is_never_replaced(run):
    run.write_dotenv()
    assert stat.S_IMODE(run.DOTENV.stat().st_mode) == 0o600
    values = run.read_dotenv()
    assert values["AFTERWORD_ENV"] == "trial"
    assert values["AFTERWORD_HTTPS"] == "off"
    assert len(values["AFTERWORD_SECRET_KEY"]) >= 50
    run.write_dotenv()
    assert run.read_dotenv() == values
    run.DOTENV.unlink()
    run.write_dotenv()
    assert run.read_dotenv()["AFTERWORD_SECRET_KEY"] != values["AFTERWORD_SECRET_KEY"]


def test_the_environment_wins_over_the_env_file(run, monkeypatch):
    run.DOTENV.write_text('# a comment\n\nAFTERWORD_TIME_ZONE = "America/Denver"\nAFTERWORD_PROXIES=1\n')
    monkeypatch.setenv("AFTERWORD_PROXIES", "2")
    values = run.environment()
    assert values["AFTERWORD_TIME_ZONE"] == "America/Denver"
    assert values["AFTERWORD_PROXIES"] == "2"


@pytest.mark.parametrize(
    ("line", "reason"), [("not a setting", "line 2: expected NAME=value"), ("A=$HOME", "must not begin with")]
)
def test_a_faulty_line_of_the_env_file_is_named_without_its_content(run, capsys, line, reason):
    run.DOTENV.write_text(f"# first\n{line}\n")
    assert run.main([]) == 1
    assert reason in (words := said(capsys))
    assert line not in words


def test_a_trial_keyring_is_made_once(run, programs):
    run.make_keyring()
    [words] = programs
    assert words[2:] == ["keyring", "new", "--trial", "--file", str(run.ROOT / "var/keyring.json")]
    assert stat.S_IMODE((run.ROOT / "var").stat().st_mode) == 0o700
    (run.ROOT / "var/keyring.json").touch()
    run.make_keyring()
    assert len(programs) == 1


@pytest.mark.parametrize("other", ["", "_COMMAND", "_KMS"])
def test_a_trial_of_another_holder_of_keys_gets_no_keyring_file(run, programs, other):
    run.DOTENV.write_text(f"AFTERWORD_KEYRING{other}=something\n")
    run.make_keyring()
    assert programs == []


def test_no_new_keyring_is_made_for_data_that_need_the_lost_one(run, programs):
    (run.ROOT / "var").mkdir()
    (run.ROOT / "var/afterword.sqlite3").touch()
    with pytest.raises(run.SetupError, match="put it back"):
        run.make_keyring()
    assert programs == []


# --- Serving ----------------------------------------------------------------------------------


@pytest.fixture
def taken_port():
    """A port of this machine that another program is listening on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_said_before_anything_is_installed(run, programs, taken_port, capsys):
    assert run.main(["--port", str(taken_port)]) == 1
    assert said(capsys).startswith(f"Port {taken_port} is in use")
    assert programs == []
    assert not run.DOTENV.exists()


@pytest.mark.parametrize("port", ["0", "65536", "web"])
def test_a_port_that_is_none_is_refused(run, programs, capsys, port):
    with pytest.raises(SystemExit) as stopped:
        run.main(["--port", port])
    assert stopped.value.code == 2
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err
    assert programs == []


def test_production_is_not_served_by_the_trial_server(run, programs, monkeypatch, capsys):
    monkeypatch.setenv("AFTERWORD_ENV", "production")
    assert run.main([]) == 1
    assert said(capsys) == "AFTERWORD_ENV is production: ./run serves the trial only. See docs/setup.md.\n"
    assert programs == []
    assert not run.DOTENV.exists()


def test_production_named_in_the_env_file_is_not_served_either(run, programs, capsys):
    run.DOTENV.write_text("AFTERWORD_ENV=production\n")
    assert run.main([]) == 1
    assert "docs/setup.md" in said(capsys)
    assert programs == []


def test_a_fresh_start_prepares_everything_and_serves_at_localhost(run, programs, monkeypatch, capsys):
    monkeypatch.setattr(run, "check_port", lambda _port: None)
    assert run.main(["--port=8123"]) == 0
    words = said(capsys)
    assert "TRIAL SET-UP" in words
    assert "no second factor" in words
    assert "http://localhost:8123 " in words
    *_, prepare, server = programs
    assert [command[0] for command in json.loads(prepare[-1])] == [
        "migrate",
        "createcachetable",
        "make_demo",
        "checkpoint",
        "checkpoint",
        "make_demo",
    ]
    assert server[1:] == [str(run.ROOT / "manage.py"), "runserver", "localhost:8123", "--noreload"]


def test_a_failed_preparation_does_not_serve(run, programs, monkeypatch, capsys):
    monkeypatch.setattr(run, "check_port", lambda _port: None)
    monkeypatch.setattr(run.subprocess, "call", lambda *_args, **_options: 1)
    assert run.main([]) == 1
    assert "could not be prepared" in said(capsys)
    assert not any("runserver" in words for words in programs)


def test_a_second_start_waits_for_the_first_says_so_and_makes_nothing_twice(run, programs, monkeypatch):
    monkeypatch.setattr(run, "check_port", lambda _port: None)
    lines = []
    first = run.one_at_a_time()
    first.__enter__()
    second = threading.Thread(target=run.main, args=([],), daemon=True)
    waits = threading.Event()
    monkeypatch.setattr(run, "say", lambda line: (lines.append(str(line)), waits.set()))
    second.start()
    assert waits.wait(10)
    assert lines == ["Another start is setting up: waiting for it (Ctrl-C stops waiting)"]
    assert programs == []
    run.write_dotenv()
    (run.ROOT / "var").mkdir()
    (run.ROOT / "var/keyring.json").touch()
    first.__exit__(None, None, None)
    second.join(10)
    assert not any("keyring" in words for words in programs)
    assert any("runserver" in words for words in programs)


def test_a_start_whose_port_was_taken_while_it_waited_says_so(run, programs, monkeypatch, capsys):
    answers = iter([None, run.SetupError("Port 8000 is in use")])

    def check(_port):
        if answer := next(answers):
            raise answer

    monkeypatch.setattr(run, "check_port", check)
    assert run.main([]) == 1
    words = said(capsys)
    assert words.endswith("Port 8000 is in use\n")
    assert "TRIAL SET-UP" not in words
    assert not any("runserver" in command for command in programs)


# --- Other commands ---------------------------------------------------------------------------


def test_manage_passes_its_words_on_and_says_nothing_on_standard_output(run, programs, capsys):
    assert run.main(["manage", "read_rapsheet", "sheet one.txt", "--out", "json"]) == 0
    assert programs[-1][2:] == ["read_rapsheet", "sheet one.txt", "--out", "json"]
    assert run.DOTENV.exists()
    assert said(capsys)


def test_manage_in_production_writes_no_trial_settings(run, programs, monkeypatch):
    monkeypatch.setenv("AFTERWORD_ENV", "production")
    assert run.main(["manage", "check"]) == 0
    assert not run.DOTENV.exists()
    assert not any("keyring" in words for words in programs)


def test_tests_take_nothing_from_the_env_file(run, monkeypatch):
    run.DOTENV.write_text("DATABASE_URL=postgres://office/real\nAFTERWORD_ENV=production\n")
    values = run.test_environment()
    assert values["AFTERWORD_ENV"] == "test"
    assert "DATABASE_URL" not in values
    monkeypatch.setenv("DATABASE_URL", "postgres://localhost/one")
    assert run.test_environment()["AFTERWORD_TEST_DATABASE_URL"] == "postgres://localhost/one"
    monkeypatch.setenv("AFTERWORD_TEST_DATABASE_URL", "postgres://localhost/two")
    assert run.test_environment()["AFTERWORD_TEST_DATABASE_URL"] == "postgres://localhost/two"


def test_every_step_runs_and_the_failed_ones_are_named(run, monkeypatch, capfd):
    python = run.sys.executable
    monkeypatch.setattr(run, "ROOT", Path.cwd())
    fails = [python, "-c", "print('the reason'); raise SystemExit(3)"]
    passes = [python, "-c", "print('nobody reads this')"]
    assert run.run_steps([("one", fails), ("two", passes), ("three", fails)]) == 1
    out = capfd.readouterr().out
    assert out.count("the reason") == 2
    assert "nobody reads this" not in out
    assert out.splitlines()[-1] == "FAILED: one, three"
    assert run.run_steps([("two", passes)]) == 0


def test_tests_with_arguments_run_pytest_alone_with_them(run, programs):
    assert run.main(["test", "tests/vault", "-k", "swap"]) == 0
    assert programs[-1][1:] == ["-m", "pytest", "tests/vault", "-k", "swap"]
    assert not any("mypy" in words for words in programs)


def test_no_lint_leaves_the_linters_out_and_the_whole_suite_has_them(run, programs, monkeypatch):
    monkeypatch.setattr(run, "run_steps", lambda steps: programs.append([name for name, _ in steps]) or 0)
    run.main(["test", "--no-lint"])
    assert programs[-1] == ["manage check", "migrations", "pytest"]
    run.main(["test"])
    assert programs[-1] == [
        *("ruff check", "ruff format", "mypy", "djlint", "imports"),
        *("manage check", "migrations", "pytest"),
    ]


def test_an_unknown_command_is_said_with_where_to_look(run, programs, capsys):
    assert run.main(["serve"]) == 2
    assert "./run help" in said(capsys)
    assert programs == []


def test_help_names_every_command(run, capsys):
    assert run.main(["help"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in run.COMMANDS if not name.startswith("-"))
