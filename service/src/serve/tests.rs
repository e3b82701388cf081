//! The web service over raw sockets: what really goes over the wire, byte by byte.

mod connection;
mod moves;
mod site;
mod wire;
