//! What a service provider is told of us: who we are, where requests come in, and by which certificates it knows our answers.

use super::{EMAIL, PROTOCOL, Provider, REDIRECT, canonical};
use base64::{Engine, prelude::BASE64_STANDARD};

impl Provider {
    /// The document. During a roll-over it has several certificates, so that whoever reads it knows the next one before it is used.
    pub fn metadata(&self) -> String {
        let keys: String = std::iter::once(&self.signer.certificate).chain(&self.others).map(|key| key_descriptor(key)).collect();
        let format = canonical::element("md:NameIDFormat", &[], EMAIL);
        let service = canonical::element("md:SingleSignOnService", &[("Binding", REDIRECT), ("Location", &self.login)], "");
        let role = canonical::element(
            "md:IDPSSODescriptor",
            &[("WantAuthnRequestsSigned", "false"), ("protocolSupportEnumeration", PROTOCOL)],
            &(keys + &format + &service),
        );
        let attributes = [("xmlns:md", "urn:oasis:names:tc:SAML:2.0:metadata"), ("entityID", self.issuer.as_str())];
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", canonical::element("md:EntityDescriptor", &attributes, &role))
    }
}

fn key_descriptor(certificate: &[u8]) -> String {
    let certificate = canonical::element("ds:X509Certificate", &[], &BASE64_STANDARD.encode(certificate));
    let info = canonical::element(
        "ds:KeyInfo",
        &[("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#")],
        &canonical::element("ds:X509Data", &[], &certificate),
    );
    canonical::element("md:KeyDescriptor", &[("use", "signing")], &info)
}
