"""What a placeholder stands for reaches the program as it is, through whatever shell."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchtui.core.command_line import Command
from batchtui.core.placeholders import Text
from batchtui.core.shell import UnsafeValueError

NASTY = [
    "$(touch pwned).txt", "`touch pwned`.txt", "; touch pwned;.txt", "a b.txt", "it's", '"', "'",
    "'; touch pwned; '", '"; touch pwned; "', "\\", "a\\", "\\'", '\\"', "$HOME", "${HOME}",
    "$((1+1))", "*", "?", "[a-z]", "~", "~root", "#x", "a#b", "!x", "&", "|", "<x", ">x", "a\nb",
    "\ttab", "-n", "größe 日本", "{a,b}", "a=b", "=", "%41", "x;y", "&&touch pwned", "\n", " ", "",
    "(touch pwned)", "$'\\x41'", "EOF", "EOF\ntouch pwned", "a]", "-e", "\x7f", "'\"'\"'",
    "a'b\"c\\d$e`f",
]  # fmt: skip
"""Values that mean something to a shell."""

PLACES = [
    "printf %s {input.name}",
    "printf %s '{input.name}'",
    'printf %s "{input.name}"',
    "/bin/sh -c 'printf %s {input.name}'",
    "/bin/sh -c 'printf %s \"{input.name}\"'",
    "/bin/sh -c \"printf %s '{input.name}'\"",
    '/bin/sh -c "printf %s {input.name}"',
    '/bin/sh -c "printf %s \\"{input.name}\\""',
    "/bin/sh -ec 'X={input.name}; printf %s \"$X\"'",
    "/bin/bash -c 'printf %s \"$(printf %s {input.name}; printf x)\" | head -c -1'",
    "/bin/bash -c 'printf %s \"$(printf %s \"{input.name}\"; printf x)\" | head -c -1'",
    "/bin/sh -c 'if true; then printf %s {input.name}; fi # {{x}}'",
    "/bin/sh -c 'printf %s \"$1\"' sh {input.name}",
    "/bin/sh -c 'bash -c \"printf %s {input.name}\"'",
    "/bin/sh -c 'bash -c \"printf %s '\"'\"'{input.name}'\"'\"'\"'",
    "/bin/bash -o pipefail -euc 'printf %s {input.name} | cat'",
    "env -i /bin/sh -c 'printf %s {input.name}'",
    "/bin/sh -c 'true <<X\nnothing $(here)\nX\nprintf %s {input.name}'",
    "/bin/sh -c 'true # a comment with '\"\\\"\"'\nprintf %s {input.name}'",
    "/bin/sh -c '(printf %s {input.name}) 2>&1'",
    "/bin/sh -c 'case x in x) printf %s {input.name};; esac'",
    "/bin/sh -c 'true \\\n  && printf %s {input.name}'",
    "/bin/bash -c 'cat <(printf %s {input.name})'",
    "/bin/bash -c 'printf %s ${{X:-a}}{input.name} | tail -c +2'",
    "python3 -c 'import sys; sys.stdout.write(sys.argv[1])' {input.name}",
]  # fmt: skip
"""Commands that print the value, whatever it is."""


def command(source: str, **given: str) -> Command:
    values = {name.replace("__", "."): value for name, value in given.items()}
    return Command(Text.parse(source)).fill(values)


def printed(line: str, folder: object) -> str:
    """What the command line prints, split and run as the service's agent does."""
    done = subprocess.run(
        shlex.split(line), cwd=str(folder), capture_output=True, check=False, timeout=20
    )
    return done.stdout.decode()


@pytest.mark.fault("5.1")
@pytest.mark.parametrize("source", PLACES)
def test_a_value_arrives_as_it_is(source: str, tmp_path: object) -> None:
    """All of the values in one go: one program for each would take minutes."""
    line = command(source)
    assert not line.fault
    for value in NASTY:
        assert not line.refused({"input.name": value})
    whole = "".join(NASTY)
    assert printed(line.complete({"input.name": whole}), tmp_path) == whole
    for value in NASTY[:8]:
        assert printed(line.complete({"input.name": value}), tmp_path) == value


@pytest.mark.fault("5.1")
@pytest.mark.parametrize("source", PLACES)
def test_no_value_adds_or_takes_an_argument(source: str) -> None:
    line = command(source)
    count = len(shlex.split(line.complete({"input.name": "x"})))
    for value in NASTY:
        assert len(shlex.split(line.complete({"input.name": value}))) == count


@pytest.mark.fault("5.1")
def test_the_names_of_the_row(tmp_path: object) -> None:
    line = command("/bin/sh -c 'echo \"{input.name}\"; echo {input.stem}'")
    for name in ("$(touch pwned2).txt", "`touch pwned3`.txt", "; touch pwned1;.txt"):
        stem = name.removesuffix(".txt")
        filled = line.complete({"input.name": name, "input.stem": stem})
        assert printed(filled, tmp_path) == f"{name}\n{stem}\n"


UNQUOTABLE = [
    ("/bin/sh -c 'echo `cat {x.y}`'", "in backticks"),
    ("/bin/sh -c 'echo \"`cat {x.y}`\"'", "in backticks"),
    ("/bin/sh -c 'echo $(( {x.y} + 1 ))'", "in arithmetic"),
    ("/bin/bash -c '(( x = {x.y} ))'", "in arithmetic"),
    ("/bin/bash -c 'for ((i = 0; i < {x.y}; i++)); do :; done'", "in arithmetic"),
    ("/bin/sh -c 'cat <<EOF\n{x.y}\nEOF'", "in a here-document"),
    ("/bin/sh -c \"cat <<'EOF'\n{x.y}\nEOF\"", "in a here-document"),
    ("/bin/sh -c 'cat <<{x.y}\na\n'", "as the end of a here-document"),
    ("/bin/sh -c 'echo ${{X:-{x.y}}}'", "in ${...}"),
    ("/bin/bash -c \"echo $'{x.y}'\"", "in $'...'"),
    ("/bin/sh -c 'echo \\{x.y}'", "after a backslash"),
    ("/bin/sh -c 'echo \"\\{x.y}\"'", "after a backslash"),
    ("echo \\{x.y}", "after a backslash"),
    ('echo "\\{x.y}"', "after a backslash"),
    ("/bin/sh -c 'eval echo {x.y}'", "eval"),
    ("/bin/sh -c 'ssh host cat {x.y}'", "ssh"),
    ("python3 -c 'print({x.y})'", "in code of python3"),
    ("/usr/bin/python3.11 -uc 'print({x.y})'", "in code of python3.11"),
    ("perl -n -e 'print if /{x.y}/' f", "in code of perl"),
    ("perl -e'print {x.y}' f", "in code of perl"),
    ("/bin/sh -c 'perl -pe \"s/a/{x.y}/\"'", "in code of perl"),
    ("awk -F, '{{print {x.y}}}' f", "in code of awk"),
    ("sed -n -e 's/a/{x.y}/' f", "in code of sed"),
    ("/bin/bash -c '[[ {x.y} -eq 1 ]]'", "-eq"),
    ("/bin/bash -c 'a[{x.y}]=1'", "in a subscript"),
    ("/bin/bash -c 'echo $(case a in a) echo {x.y};; esac)'", "after a `case`"),
    ("/bin/bash -c 'bash -c \"$X {x.y}\"'", "in a script that the shell puts together"),
    ("/bin/bash -c 'echo > log bash > log -c \"echo `{x.y}`\"'", "in backticks"),
    ("/bin/bash -c 'echo x 2>&1{x.y}'", "after >& or <&"),
    ("/bin/bash -c 'echo x >& f{x.y}'", "after >& or <&"),
    ("{sweep.shell} -c 'echo {x.y}'", "in a script of a program that only the task knows"),
    ("flock f -c 'echo {x.y}'", "flock"),
]  # fmt: skip


@pytest.mark.fault("5.1")
@pytest.mark.parametrize(("source", "where"), UNQUOTABLE)
def test_where_nothing_can_be_quoted_only_plain_values_pass(source: str, where: str) -> None:
    line = command(source)
    for value in ("3", "-4.5e-3", "frame_007.png", "a/b", "x"):
        assert not line.refused({"x.y": value, "sweep.shell": "x"})
    for value in ("$(id)", "a b", "'", "`id`", "a[$(id)]", "", "x;id", "a\nb"):
        refused = line.refused({"x.y": value, "sweep.shell": "x"})
        assert where in refused, value
        assert "`environment`" in refused
        with pytest.raises(UnsafeValueError):
            line.complete({"x.y": value, "sweep.shell": "x"})
    assert "a SAS cannot be quoted" in line.refused({"sweep.shell": "x"})


@pytest.mark.fault("5.1")
def test_a_line_feed_ends_a_comment() -> None:
    line = command("/bin/sh -c 'true # {x.y}\ntrue'")
    assert not line.refused({"x.y": "$(id) ' \" `"})
    assert "end the comment" in line.refused({"x.y": "a\ntouch pwned"})


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])))
def test_any_text_is_one_argument(value: str) -> None:
    for source in ("prog {x.y}", "prog '{x.y}'", 'prog "{x.y}"', "prog --x={x.y}"):
        arguments = shlex.split(command(source).complete({"x.y": value}))
        assert len(arguments) == 2
        assert arguments[1].removeprefix("--x=" if "--x" in source else "") == value


@given(st.text("ab $`'\"\\(){}<>&|;#\n", max_size=30), st.sampled_from(["'", '"']))
def test_no_script_is_too_strange_to_be_read(script: str, quote: str) -> None:
    """Whatever its braces and quotes, it is read, and faults are sentences."""
    doubled = script.replace("{", "{{").replace("}", "}}").replace("$", "$ ")
    line = command(f"/bin/sh -c {quote}{doubled}{quote} {{x.y}}")
    assert isinstance(line.fault, str)
    assert isinstance(line.warnings, tuple)


def test_a_parameter_that_is_the_whole_command_or_script_is_not_quoted() -> None:
    assert command("{param.x}", param__x="ls -l 'a b'").complete({}) == "ls -l 'a b'"
    assert command("{sweep.x}").complete({"sweep.x": "sleep 1"}) == "sleep 1"
    script = command("/bin/sh -c '{param.x}'", param__x="echo 'a b' | wc")
    assert shlex.split(script.complete({}))[2] == "echo 'a b' | wc"
    assert command("/bin/sh -c '{param.x}'", param__x="echo 'a").fault
    assert "never closed" in command("{sweep.x}").refused({"sweep.x": "echo 'a"})
    assert shlex.split(command("{input.name}").complete({"input.name": "a b"})) == ["a b"]


@pytest.mark.fault("6.4", "6.5")
@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("''", "is empty"),
        ("echo 'a", "the quote ' is never closed"),
        ('echo "a', 'the quote " is never closed'),
        ("echo a\\", "a backslash ends it"),
        ("/bin/sh -c 'echo \"a'", 'the quote " is never closed in its script'),
        ('/bin/sh -c "echo \'a"', "the quote ' is never closed in its script"),
        ("/bin/sh -c 'echo $(ls'", "a ')' is missing in its script"),
        ("/bin/sh -c 'echo `ls'", "a backtick is missing in its script"),
        ("/bin/sh -c '(ls'", "a ')' is missing in its script"),
        ("/bin/sh -c 'bash -c \"echo $((1\"'", "never closed in its script"),
        ("/bin/sh -c 'echo it'\"'\"'s'", "the quote ' is never closed in its script"),
    ],
)
def test_what_no_task_could_run(source: str, fault: str) -> None:
    assert fault in command(source).fault


@pytest.mark.fault("6.5")
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("prog a > out.txt", "'>'"),
        ("prog a >out.txt", "'>out.txt'"),
        ("prog 2>&1", "'2>&1'"),
        ("prog < in", "'<'"),
        ("a && b", "'&&'"),
        ("a || b", "'||'"),
        ("a | b", "'|'"),
        ("a; b", "'a;'"),
        ("a b; c", "'b;'"),
        ("a &", "'&'"),
        ("prog $HOME/x", "'$HOME'"),
        ('prog "${HOME}/x"', "'${HOME}'"),
        ("prog $(date)", "'$(date)'"),
        ("prog `date`", "'`'"),
        ("$AZ_BATCH_NODE_SHARED_DIR/x", "'$AZ_BATCH_NODE_SHARED_DIR'"),
        ("prog ~/x", "'~/x'"),
        ("cd /tmp", "'cd'"),
        ("/bin/sh -c 'a' > out", "'>'"),
        ("/bin/sh script.sh > out", "'>'"),
        ("echo a|sort", "'a|sort'"),
        ("make&&make install", "'make&&make'"),
        ("echo a;echo b", "'a;echo'"),
        ("cat *.txt", "'*.txt'"),
        ("cat in/*/x", "'in/*/x'"),
        ("ls ~", "'~'"),
        ("echo $((1+2))", "'$((1+2))'"),
        ("for i in 1 2", "'for'"),
        ("[[ -f x ]]", "'[['"),
    ],
)
def test_shell_syntax_outside_a_shell_is_warned_of(source: str, said: str) -> None:
    warnings = command(source).warnings
    assert any(said in each and "/bin/sh -c '" in each for each in warnings), warnings
    assert not command(source).fault


@pytest.mark.fault("6.5")
def test_a_variable_before_the_program_is_warned_of() -> None:
    (warning,) = command("THREADS=4 prog a").warnings
    assert "'THREADS=4' is taken for the program" in warning
    assert "put THREADS into `environment`" in warning
    assert not command("env THREADS=4 prog a").warnings


@pytest.mark.fault("6.5")
@pytest.mark.parametrize(
    "source",
    [
        "find . -name *.txt",
        "prog '*.txt' \"a*b\" \\*",
        "curl https://x.invalid/y?a=1&b=2",
        "/bin/sh -c 'a > b && c $HOME | d; e &'",
        "prog 'a > b' '$HOME' \\> \\$HOME '~/x'",
        "python3 -m x --flag=a>b a->b x=1 '<tag>'",
        "find . -name x -exec cat {{}} ;",
        "find . -name x -exec cat {{}} \\;",
        "awk '{{print $1}}' f",
        "bash -lc 'cd x && y'",
    ],
)
def test_what_no_shell_has_to_read_is_not_warned_of(source: str) -> None:
    assert command(source).warnings == ()


def test_a_parameter_with_spaces_is_warned_of_where_it_is_one_argument() -> None:
    for source in ("prog {param.o}", "/bin/sh -c 'prog {param.o}'"):
        (warning,) = command(source, param__o="-a -b").warnings
        assert "{param.o} is one argument" in warning
    assert not command("prog '{param.o}'", param__o="a b").warnings
    assert not command("/bin/sh -c 'prog \"{param.o}\"'", param__o="a b").warnings
