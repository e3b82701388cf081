//! Tests of the web service over raw sockets.
