"""A plug-in of scalebench that launches with any provider class of the installed openenv package.

The provider `openenv` feeds it to an interpreter, with INPUT, and it speaks the protocol of docs/plugin-protocol.md.
"""

import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import threading
import typing
import urllib.parse

STOPPERS = {"start_container": "stop_container", "start": "stop"}
# What common options are called by some classes.
ALIASES = {"cpus": ("cpu", "cpu_limit"), "memory": ("memory_limit",)}
# Where a missing module comes from, where its package has another name.
PACKAGES = {"azure": "openenv[aca]", "novita_sandbox": "openenv[novita]"}
# Methods by which classes name what they make on this host, the kind of it, and how it is listed and removed.
NAMED = {
    "_generate_container_name": "container",
    "_generate_service_name": "service",
}
LIST = {
    "container": ["docker", "ps", "--all", "--format", "{{.Names}}", "--filter"],
    "service": ["docker", "service", "ls", "--format", "{{.Name}}", "--filter"],
}
REMOVE = {"container": ["docker", "rm", "--force", "--volumes"], "service": ["docker", "service", "rm"]}


class Refusal(Exception):
    """A sentence for the user, with a hint. Of usage, where something else has to be asked for."""

    def __init__(self, message, hint=None, usage=True):
        super().__init__(message)
        self.hint = hint
        self.usage = usage


class Voice:
    """What is said to scalebench. What anybody else prints goes to standard error."""

    def __init__(self):
        self.lock = threading.Lock()
        self.output = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def say(self, type, **fields):
        with self.lock:
            self.output.write(json.dumps({"type": type, **fields}) + "\n")
            self.output.flush()


# --- Classes


def openenv_folder():
    try:
        spec = importlib.util.find_spec("openenv")
    except ValueError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise Refusal(
            f"{sys.executable} has no package openenv",
            "install it with pip install openenv, or name the interpreter of an environment that has it: python=PATH", usage=False)
    return pathlib.Path(list(spec.submodule_search_locations)[0])


def modules_with(name, folder):
    """The modules of openenv that define a class, those of its providers first. Nothing is imported."""
    pattern = re.compile(rf"^class {re.escape(name)}\b", re.MULTILINE)
    places = sorted((folder / "core" / "containers" / "runtime").glob("*.py")) + sorted(folder.rglob("*.py"))
    for path in dict.fromkeys(places):
        if pattern.search(path.read_text(encoding="utf-8", errors="replace")):
            parts = ("openenv",) + path.relative_to(folder).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def provider_names(folder):
    found = set()
    for path in (folder / "core" / "containers" / "runtime").glob("*.py"):
        text = path.read_text(encoding="utf-8", errors="replace")
        found.update(re.findall(r"^class ([A-Z]\w*Provider)\b", text, re.MULTILINE))
    return sorted(found - {"ContainerProvider", "RuntimeProvider"})


def missing(error, name):
    module = (getattr(error, "name", None) or str(error)).split(".")[0]
    package = PACKAGES.get(module, module)
    return Refusal(
        f"{name} needs the Python module {module}, which {sys.executable} does not have",
        f"install it: {sys.executable} -m pip install '{package}'", usage=False)


def find_class(name):
    folder = openenv_folder()
    module, _, last = name.rpartition(".")
    modules = [module] if module else list(modules_with(name, folder))
    if not modules:
        raise Refusal(f"openenv {version()} has no class {name}", "it has " + ", ".join(provider_names(folder)))
    try:
        found = getattr(importlib.import_module(modules[0]), last, None)
    except ImportError as error:
        raise missing(error, name) from error
    if not inspect.isclass(found) or starter(found) is None:
        raise Refusal(f"{name} is no class that starts a server", "it has " + ", ".join(provider_names(folder)))
    if inspect.isabstract(found):
        raise Refusal(f"{name} is not implemented in openenv {version()}", "use another class")
    return found


def version():
    try:
        return importlib.metadata.version("openenv")
    except importlib.metadata.PackageNotFoundError:
        return "of an unknown version"


def starter(cls):
    return next((name for name, stop in STOPPERS.items() if hasattr(cls, name) and hasattr(cls, stop)), None)


# --- Options


class Parameter:
    """Places that need it come first; where none does, one place is enough."""

    def __init__(self, name, place, hint, is_required, earlier=None):
        self.name, self.hint = name, hint
        self.needed_by = (earlier.needed_by if earlier else []) + ([place] if is_required else [])
        self.places = self.needed_by or [place]

    @property
    def key(self):
        return self.name.replace("_", "-")


def type_hints(function):
    try:
        return typing.get_type_hints(function)
    except Exception:
        return {}


def documented(function):
    """Names that a function which takes any keyword tells of in its description."""
    text = inspect.getdoc(function) or ""
    arguments = re.split(r"^\w[\w ]*:\s*$", text.partition("Args:")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\s+(\w+)(?: \(.*\))?:", arguments, re.MULTILINE) + re.findall(r"``(\w+)`` \(", arguments)


def parameters(cls):
    """What a class can be given, to make it ("make") and to start with it ("start"), by name."""
    known = {}
    for place, function in (("make", cls.__init__), ("start", getattr(cls, starter(cls)))):
        hints = type_hints(function)
        names = []
        for one in list(inspect.signature(function).parameters.values())[1:]:
            if one.kind is one.VAR_KEYWORD and function is not object.__init__:
                names += [(name, typing.Any, False) for name in documented(function)]
            elif one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                names.append((one.name, hints.get(one.name, typing.Any), one.default is one.empty))
        for name, hint, is_required in names:
            if name not in known or place not in known[name].places:
                known[name] = Parameter(name, place, hint, is_required, known.get(name))
    return {name: one for name, one in known.items() if not name.startswith("_")}


def convert(key, text, hint):
    """What a text means to a parameter of a type."""
    kinds = list(typing.get_args(hint)) if is_union(hint) else [hint]
    for kind in kinds:
        value = read(text, kind)
        if value is not None:
            return value[0]
    names = " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds if kind is not type(None))
    raise Refusal(f"{key} is '{text}', which is no {names}")


def is_union(hint):
    return typing.get_origin(hint) is typing.Union or type(hint).__name__ == "UnionType"


def read(text, kind):
    """The value in a tuple, or None where the text is none of this kind."""
    origin = typing.get_origin(kind) or kind
    if origin is typing.Literal:
        return next(((one,) for one in typing.get_args(kind) if str(one).lower() == text.lower()), None)
    if origin is str:
        return (text,)
    if origin is bool:
        return {"true": (True,), "yes": (True,), "false": (False,), "no": (False,)}.get(text.lower())
    try:
        if origin in (int, float):
            return (origin(text),)
        value = json.loads(text)
    except ValueError:
        return (text,) if origin is typing.Any else None
    if origin is typing.Any:
        return (text if isinstance(value, str) else value,)
    return (value,) if inspect.isclass(origin) and origin is not type(None) and isinstance(value, origin) else None


class Plan:
    """The arguments that a launch makes a class with, and starts it with."""

    def __init__(self, cls, request):
        self.arguments = {"make": {}, "start": {}}
        self.known = parameters(cls)
        env = dict(request["env"])
        options = dict(request["options"])
        extra = options.pop("kwargs", None)
        for key, text in options.items():
            self.take(key, text, env)
        if extra is not None:
            self.arguments["start"].update(convert("kwargs", extra, dict))
        self.add_environment(env)
        if "labels" in self.known:
            self.give("labels", {**(self.given("labels") or {}), **request["labels"]})
        if "replicas" in self.known and self.given("replicas") is None:
            # Its own default would not be known.
            self.give("replicas", 1)
        for one in self.known.values():
            if any(one.name not in self.arguments[place] for place in one.needed_by):
                raise Refusal(f"{one.key} is missing", self.listed())

    def give(self, name, value):
        for place in self.known[name].places:
            self.arguments[place][name] = value

    def given(self, name):
        return self.arguments["start"].get(name, self.arguments["make"].get(name))

    def take(self, key, text, env):
        name = key.replace("-", "_")
        found = next((self.known[one] for one in (name,) + ALIASES.get(name, ()) if one in self.known), None)
        if found and found.name != "env_vars":
            self.give(found.name, convert(key, text, found.hint))
        elif name == "max_concurrent_envs":
            # The variable by which the apps of environments know it.
            env.setdefault("MAX_CONCURRENT_ENVS", text)
        else:
            raise Refusal(f"there is no option '{key}'", self.listed())

    def add_environment(self, env):
        if not env:
            return
        if "env_vars" not in self.known:
            raise Refusal("no variables of an environment can be given", self.listed())
        self.give("env_vars", env)

    def listed(self):
        keys = [one.key for one in self.known.values() if one.name != "env_vars"]
        return "it takes " + ", ".join(keys + (["env.NAME"] if "env_vars" in self.known else []))


# --- A launch


class Launch:
    def __init__(self, request, voice):
        self.voice = voice
        self.mark = request["launch"]
        options = request["options"]
        self.cls = find_class(options.pop("class"))
        self.wishes = dict(options)
        self.plan = Plan(self.cls, request)
        self.provider = None
        self.thing = None
        self.is_stopping = False

    @property
    def name(self):
        return self.cls.__name__

    def start(self):
        start = self.plan.arguments["start"]
        try:
            self.make()
            self.announce()
            image = str(self.plan.given("image") or "")
            if image.startswith("dockerfile:") and hasattr(self.provider, "image_from_dockerfile"):
                start["image"] = self.provider.image_from_dockerfile(image.partition(":")[2])
            what = image or self.plan.given("app") or "the server"
            self.voice.say("progress", text=f"{self.name} is starting {what}")
            url = getattr(self.provider, starter(self.cls))(**start)
        except ImportError as error:
            raise missing(error, self.name) from error
        self.voice.say("stage", stage="started")
        processes = self.processes()
        threading.Thread(target=self.watch, args=(processes,), daemon=True).start()
        return self.ready(str(url), processes)

    def make(self):
        try:
            self.provider = self.cls(**self.plan.arguments["make"])
        except (TypeError, ValueError) as error:
            raise Refusal(sentence(error), self.plan.listed()) from error

    def announce(self):
        """Says what is about to be made, under a name of the launch's where the class lets it be named."""
        for method, kind in NAMED.items():
            if hasattr(self.provider, method):
                setattr(self.provider, method, lambda *_: self.mark)
                self.thing = (kind, self.mark)
        if self.thing:
            self.voice.say("creating", resource=f"{self.thing[0]} {self.thing[1]}")
        elif not self.cls.__module__.endswith(".uv_provider"):
            self.voice.say("creating", resource=f"launch {self.name}")

    def ready(self, url, processes):
        host = urllib.parse.urlsplit(url).hostname or ""
        is_here = host in ("localhost", "::1") or host.startswith("127.")
        given = self.plan.given
        fields = {"replicas": given("replicas") or 1, "workers": given("workers"), "pids": processes}
        if is_here:
            fields["cores"] = len(os.sched_getaffinity(0))
        cap = (given("env_vars") or {}).get("MAX_CONCURRENT_ENVS", "")
        if cap.isdecimal() and int(cap) > 0:
            fields["session_cap"] = int(cap)
        # The address of a tunnel lets in whoever knows it.
        return {"endpoints": [{"url": url, "secret": not is_here and url.startswith("https:")}], **{k: v for k, v in fields.items() if v is not None}}

    @property
    def process(self):
        process = getattr(self.provider, "_process", None)
        return process if hasattr(process, "wait") and hasattr(process, "pid") else None

    def processes(self):
        if self.process:
            return [self.process.pid]
        if self.thing and self.thing[0] == "container":
            pid = output(["docker", "inspect", "--format", "{{.State.Pid}}", self.mark]).strip()
            return [int(pid)] if pid.isdecimal() and int(pid) > 0 else []
        return []

    def watch(self, processes):
        """Says when it is over, where that can be seen: at once, as connections are lost at the same time."""
        if self.process:
            end = f"exit status {self.process.wait()}"
        elif processes and wait_for(processes[0]):
            end = "its first process ended"
        else:
            return
        if not self.is_stopping:
            self.voice.say("ended", state=end)
            self.voice.say("ended", state=end, lines=self.logs(20))

    def logs(self, last):
        if not self.thing:
            return []
        kind = ["docker", "logs"] if self.thing[0] == "container" else ["docker", "service", "logs", "--raw"]
        return output(kind + ["--tail", str(last), self.mark], stderr=subprocess.STDOUT).splitlines()

    def stop(self):
        """Answers what may be left, or nothing."""
        self.is_stopping = True
        provider, self.provider = self.provider, None
        failure = None
        if provider is not None:
            try:
                getattr(provider, STOPPERS[starter(self.cls)])()
                getattr(provider, "close", lambda: None)()
            except Exception as error:
                failure = sentence(error)
        # The classes that name what they make pass over failures to remove it.
        if self.thing:
            failure = remove(*self.thing)
        return failure


def wait_for(pid):
    """Waits until a process of this host is over. Answers whether it could."""
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):
        return False
    select.select([descriptor], [], [])
    os.close(descriptor)
    return True


# --- What is left


def output(command, stderr=subprocess.DEVNULL):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True, errors="replace").stdout


def is_there(kind, name):
    command = LIST[kind] + [f"name={name}"]
    listed = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if listed.returncode != 0:
        raise RuntimeError(f"'{' '.join(command[:3])}' failed: {listed.stderr.strip()}")
    return name in listed.stdout.split()


def remove(kind, name):
    """Answers why it may still be there, or nothing."""
    try:
        if not is_there(kind, name):
            return None
        removal = subprocess.run(REMOVE[kind] + [name], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return f"the {kind} {name}: {removal.stderr.strip()}" if is_there(kind, name) else None
    except (OSError, RuntimeError) as error:
        return f"the {kind} {name}: {error}"


def sweep(request):
    found, left = [], []
    for resource in request["resources"]:
        kind, _, name = resource.partition(" ")
        if kind == "launch":
            words = f"what {name} launched, which only its own console can show"
            found.append(words)
            if not request["dry_run"]:
                left.append(words)
        elif is_there(kind, name):
            found.append(f"{kind} {name}")
            failure = None if request["dry_run"] else remove(kind, name)
            left += [failure] if failure else []
    return {"found": found, "left": "; ".join(left)} if left else {"found": found}


def sentence(error):
    """What an exception says, in one line: of a program that failed, what that said."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    said = getattr(error, "stderr", None) or getattr(error.__cause__, "stderr", None)
    if said:
        said = said.decode(errors="replace") if isinstance(said, bytes) else said
        lines = lines[:1] + said.strip().splitlines()
    return "; ".join(line.strip() for line in lines if line.strip())[:600]


def start(request, voice):
    """Answers the launch, which may have made something even where it failed."""
    launch = None
    try:
        launch = Launch(request, voice)
        voice.say("ready", **launch.start())
    except Refusal as refusal:
        voice.say("failed", message=str(refusal), hint=refusal.hint, usage=refusal.usage)
    except Exception as error:
        voice.say("failed", message=f"it did not start: {sentence(error)}")
    return launch


def main():
    voice = Voice()
    launch = None
    # Python would end at once, and leave behind what it launched.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for line in INPUT:
            message = json.loads(line)
            if message["type"] == "hello":
                voice.say("hello", protocol=1, name="openenv", abilities=["logs", "sweep"])
            elif message["type"] == "launch":
                launch = start(message, voice)
            elif message["type"] == "logs":
                voice.say("logs", lines=launch.logs(message["last"]) if launch else [])
            elif message["type"] == "stop":
                left = launch.stop() if launch else None
                voice.say("stopped", **({"left": left} if left else {}))
            elif message["type"] == "sweep":
                try:
                    voice.say("swept", **sweep(message))
                except Exception as error:
                    voice.say("failed", message=f"what is left cannot be found out: {sentence(error)}")
    finally:
        if launch:
            launch.stop()


main()
