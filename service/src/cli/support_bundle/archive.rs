//! The archive: a zip, because everybody can open one.

use super::gather::Piece;
use jiff::{Timestamp, tz::TimeZone};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Where it goes when nobody says so.
pub(super) fn name() -> PathBuf {
    Timestamp::now().to_zoned(TimeZone::UTC).strftime("jackfield-support-%Y%m%d-%H%M%S.zip").to_string().into()
}

/// Writes it for its owner only; a file that is there already is left alone. What could not be finished is taken away again.
pub(super) fn write(path: &Path, pieces: &[Piece]) -> io::Result<()> {
    let file = new(path)?;
    let written = fill(file, pieces);
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(path);
    }
    written
}

fn fill(file: File, pieces: &[Piece]) -> io::Result<()> {
    let mut zip = ZipWriter::new(file);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o600);
    for Piece { name, text, .. } in pieces {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(text.as_bytes())?;
    }
    zip.finish()?.sync_all()
}

fn new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
