//! The web service itself, with the real codec, agents and switch.
