//! The client against a peer that follows a script, byte by byte, and against the simulator.

mod battery;
mod cluster;
mod coming_back;
mod goldens;
mod network;
mod peer;
mod reader;
mod refused;
mod scene;
mod sessions;
mod super_user_only;
mod switchover;
mod watching;
