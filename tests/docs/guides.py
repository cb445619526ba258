"""The guides of docs/ as a reader follows them: guides.py SOURCE PROGRAM. In each ```sh block a line that begins with $ is
a command (\\ at its end goes on in the next line, a here-document until its mark); the lines below are what the program
prints on stdout, or on stderr where it fails; ... stands for anything. A command ends with exit code 0 unless the block says "# exit code N" below it.
A guide is one shell session in an empty folder with the shipped configs and the program on the path."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def commands(text):
    """(line number, command, exit code, expected lines) of the sh blocks."""
    lines = text.split("\n")
    inside, found = False, []
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("```"):
            inside = line == "```sh"
            continue
        if not inside:
            continue
        if line.startswith("$ "):
            command = [line[2:]]
            here = re.search(r"<<'(\w+)'", line)
            while here and command[-1] != here[1] or not here and command[-1].endswith("\\"):
                command.append(lines[number])
                number += 1
            found.append([number, "\n".join(command), 0, []])
        elif code := re.fullmatch(r"# exit code (\d+)", line):
            found[-1][2] = int(code[1])
        elif found:
            found[-1][3].append(line)
    return found


def agree(expected, seen):
    """Whether the lines seen hold the expected ones in order; without ... every one of them."""
    pattern = "\n".join(re.escape(line.rstrip()).replace(r"\.\.\.", ".*") for line in expected)
    return re.fullmatch(pattern, "\n".join(line.rstrip() for line in seen), re.DOTALL) is not None


def follow(guide, source, program):
    failures = 0
    steps = commands(guide.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "configs").symlink_to(source / "configs")
        path = f"{program.parent}:{os.environ['PATH']}"
        for number, command, code, expected in steps:
            done = subprocess.run(["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path}, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            shown = done.stdout if code == 0 else done.stderr
            seen = shown.rstrip("\n").split("\n") if shown.strip() else []
            wrong = done.returncode != code or bool(expected and not agree(expected, seen))
            failures += int(wrong)
            if wrong:
                print(f"{guide.name}:{number}: {command}\nexit code {done.returncode}, said {code}\nsaid:\n"
                      + "\n".join(expected) + "\nseen:\n" + done.stdout + done.stderr)
    return len(steps), failures


def main(source, program):
    total, failed, guides = 0, 0, sorted(source.glob("docs/guide_*.md"))
    for guide in guides:
        steps, failures = follow(guide, source, program)
        print(f"{guide.name}: {steps} commands, {failures} failures")
        total, failed = total + steps, failed + failures
    return failed > 0 or len(guides) < 3 or total < 3 * len(guides)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
