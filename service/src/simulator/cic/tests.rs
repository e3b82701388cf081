//! The server, asked by a client of its own over a connection in memory.

mod client;
mod day;
mod golden;
mod heritage;
mod site;
mod troubles;
