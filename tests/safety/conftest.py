"""Without TensorFlow, as what is served."""

from bot import lean

lean.install()
