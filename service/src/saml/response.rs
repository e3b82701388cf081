//! The answer: a `Response` with one signed assertion (binding HTTP-POST). Genesys Cloud wants the assertion signed with RSA and SHA-256, not
//! encrypted, and the attributes `email`, `OrganizationName` and `ServiceName`.

use super::{ASSERTION, AuthnRequest, EMAIL, PROTOCOL, Provider, SKEW, canonical};
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const DIGEST: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const BY_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// What a browser carries to the service provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where to.
    pub consumer: String,
    /// The field `SAMLResponse`.
    pub message: String,
}

impl Provider {
    /// Says that the person with this e-mail address has shown his password now; without a request it is unsolicited.
    ///
    /// # Errors
    /// In words: the key does not sign, or the system has no random numbers.
    pub fn answer(&self, request: Option<&AuthnRequest>, email: &str, now: Timestamp) -> Result<Answer, String> {
        let consumer = request.map(|request| request.consumer.as_str()).or(self.consumers.first().map(String::as_str));
        let consumer = consumer.ok_or("no address is known for the answer")?;
        let (id, at) = (new_id()?, instant(now)?);
        let assertion = self.assertion(request, email, consumer, now)?;
        let mut attributes = vec![("xmlns:samlp", PROTOCOL), ("Destination", consumer), ("ID", id.as_str())];
        attributes.extend(request.map(|request| ("InResponseTo", request.id.as_str())));
        attributes.extend([("IssueInstant", at.as_str()), ("Version", "2.0")]);
        let status = canonical::element("samlp:StatusCode", &[("Value", SUCCESS)], "");
        let content = [
            canonical::element("saml:Issuer", &[("xmlns:saml", ASSERTION)], &canonical::content(&self.issuer)),
            canonical::element("samlp:Status", &[], &status),
            assertion,
        ];
        let message = canonical::element("samlp:Response", &attributes, &content.concat());
        Ok(Answer { consumer: consumer.to_owned(), message: BASE64_STANDARD.encode(message) })
    }

    fn assertion(&self, request: Option<&AuthnRequest>, email: &str, consumer: &str, now: Timestamp) -> Result<String, String> {
        let (id, at) = (new_id()?, instant(now)?);
        let instant_of = |time: Result<Timestamp, jiff::Error>| time.map_err(|error| error.to_string()).and_then(instant);
        let (from, until) = (instant_of(now.checked_sub(SKEW))?, instant_of(now.checked_add(self.life))?);
        let mut confirmation: Vec<(&str, &str)> = request.map(|request| ("InResponseTo", request.id.as_str())).into_iter().collect();
        confirmation.extend([("NotOnOrAfter", until.as_str()), ("Recipient", consumer)]);
        let confirmation = canonical::element("saml:SubjectConfirmationData", &confirmation, "");
        let subject = [
            canonical::element("saml:NameID", &[("Format", EMAIL)], &canonical::content(email)),
            canonical::element("saml:SubjectConfirmation", &[("Method", BEARER)], &confirmation),
        ];
        let audience = canonical::element("saml:Audience", &[], &canonical::content(&self.relying_party));
        let audience = canonical::element("saml:AudienceRestriction", &[], &audience);
        let class = canonical::element("saml:AuthnContextClassRef", &[], BY_PASSWORD);
        let attributes = [("email", Some(email)), ("OrganizationName", Some(&self.organization)), ("ServiceName", self.service.as_deref())];
        let attributes: String = attributes.iter().filter_map(|(name, value)| Some(attribute(name, (*value)?))).collect();
        let issuer = canonical::element("saml:Issuer", &[], &canonical::content(&self.issuer));
        let rest = [
            canonical::element("saml:Subject", &[], &subject.concat()),
            canonical::element("saml:Conditions", &[("NotBefore", &from), ("NotOnOrAfter", &until)], &audience),
            canonical::element(
                "saml:AuthnStatement",
                &[("AuthnInstant", &at), ("SessionIndex", &id)],
                &canonical::element("saml:AuthnContext", &[], &class),
            ),
            canonical::element("saml:AttributeStatement", &[], &attributes),
        ]
        .concat();
        let whole = |content: &str| {
            let attributes = [("xmlns:saml", ASSERTION), ("ID", id.as_str()), ("IssueInstant", at.as_str()), ("Version", "2.0")];
            canonical::element("saml:Assertion", &attributes, content)
        };
        // What is signed is the assertion without its signature, which then has its place behind the issuer.
        let signature = self.signature(&id, &whole(&(issuer.clone() + &rest)))?;
        Ok(whole(&(issuer + &signature + &rest)))
    }

    fn signature(&self, id: &str, signed: &str) -> Result<String, String> {
        let by = |name: &str, algorithm: &str| canonical::element(name, &[("Algorithm", algorithm)], "");
        let transforms = by("ds:Transform", ENVELOPED) + &by("ds:Transform", EXCLUSIVE);
        let reference = [
            canonical::element("ds:Transforms", &[], &transforms),
            by("ds:DigestMethod", DIGEST),
            canonical::element("ds:DigestValue", &[], &BASE64_STANDARD.encode(digest(&SHA256, signed.as_bytes()))),
        ];
        let content = [
            by("ds:CanonicalizationMethod", EXCLUSIVE),
            by("ds:SignatureMethod", RSA_SHA256),
            canonical::element("ds:Reference", &[("URI", &format!("#{id}"))], &reference.concat()),
        ];
        // Its canonical form names the namespace, since it is signed by itself; within the signature that is said twice and harmless.
        let info = canonical::element("ds:SignedInfo", &[("xmlns:ds", DSIG)], &content.concat());
        let value = (self.signer.sign)(info.as_bytes())?;
        let certificate = canonical::element("ds:X509Certificate", &[], &BASE64_STANDARD.encode(&self.signer.certificate));
        let content = [
            info,
            canonical::element("ds:SignatureValue", &[], &BASE64_STANDARD.encode(value)),
            canonical::element("ds:KeyInfo", &[], &canonical::element("ds:X509Data", &[], &certificate)),
        ];
        Ok(canonical::element("ds:Signature", &[("xmlns:ds", DSIG)], &content.concat()))
    }
}

fn attribute(name: &str, value: &str) -> String {
    let value = canonical::element("saml:AttributeValue", &[], &canonical::content(value));
    canonical::element("saml:Attribute", &[("Name", name), ("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:basic")], &value)
}

/// Whole seconds of UTC, as XML Schema writes them.
fn instant(time: Timestamp) -> Result<String, String> {
    Timestamp::from_second(time.as_second()).map(|time| time.to_string()).map_err(|error| error.to_string())
}

/// 128 random bits: an id that nobody can guess, and that begins as one must.
fn new_id() -> Result<String, String> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| "the system has no random numbers")?;
    Ok(bytes.iter().fold("_".to_owned(), |id, byte| format!("{id}{byte:02x}")))
}
