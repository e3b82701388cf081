//! A secret that a person gives: typed at a terminal without being shown, piped in, or fetched from where a reference says. Never an
//! argument of the command line, which everybody on the machine can read.

use secrecy::SecretString;
use shared::secret::{SecretRef, store};
use std::io::{self, BufRead, IsTerminal, Write};

/// No secret is longer, in bytes.
const LONGEST: u64 = 4096;

/// Asks for it; `twice` where nobody would notice a slip of the finger.
///
/// # Errors
/// In words: it cannot be had, or the two differ.
pub(super) fn ask(prompt: &str, from: Option<&SecretRef>, twice: bool) -> Result<SecretString, String> {
    if let Some(reference) = from {
        return store::resolve(reference).map_err(|error| error.to_string());
    }
    if !io::stdin().is_terminal() {
        return first_line(io::stdin().lock());
    }
    let typed = type_in(&format!("{prompt}: "))?;
    if twice && type_in(&format!("{prompt}, once more: "))? != typed {
        return Err("the two differ".into());
    }
    Ok(typed.into())
}

fn type_in(prompt: &str) -> Result<String, String> {
    let failed = |error: io::Error| format!("nothing can be typed here: {error}");
    // On standard error, so that what is printed can be kept in a file.
    let mut out = io::stderr().lock();
    write!(out, "{prompt}").and_then(|()| out.flush()).map_err(failed)?;
    rpassword::read_password().map_err(failed)
}

fn first_line(input: impl BufRead) -> Result<SecretString, String> {
    let mut line = String::new();
    input.take(LONGEST).read_line(&mut line).map_err(|error| format!("standard input cannot be read: {error}"))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err("nothing came on standard input".into()) } else { Ok(secret.to_owned().into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_piped_secret_is_the_first_line_without_its_end() {
        assert_eq!(first_line(&b"hunter2 \r\nmore"[..]).unwrap().expose_secret(), "hunter2 ");
        assert!(first_line(&b"\n"[..]).is_err());
    }
}
