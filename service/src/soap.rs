//! SOAP 1.1 on the wire, knowing nothing of ICI: bounded reading, envelopes, values, writing, faults.
//!
//! The only place that names roxmltree and quick-xml.
