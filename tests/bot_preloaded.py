"""What every Rasa process does before it knows its settings, for those that are forked from this one (nursery.py)."""

import importlib

from bot import lean

MODULES = ("bot.agent", "bot.channel", "bot.context", "bot.guard", "bot.nlg", "bot.quick", "bot.times", "pkg_resources")

lean.install()
encoder, safety, *_ = (importlib.import_module(name) for name in ("bot.encoder", "bot.safety", *MODULES))
encoder.shared()
safety.remainder("What is TMS?")
