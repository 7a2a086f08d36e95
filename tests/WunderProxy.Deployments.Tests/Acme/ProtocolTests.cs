using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Acme;
using WunderProxy.Deployments.Acme.Protocol;

namespace WunderProxy.Deployments.Tests.Acme;

[Parallelizable(ParallelScope.All)]
internal sealed class ProtocolTests
{
    // RFC 7515 appendix A.3: the key and its signature over the example's input.
    private const string VectorX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string VectorY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    private const string VectorD = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";

    [Test]
    public void Jwk_and_thumbprint_follow_the_canonical_form_of_RFC_7638()
    {
        using var key = VectorKey();

        Assert.That(key.Jwk, Is.EqualTo($$"""{"crv":"P-256","kty":"EC","x":"{{VectorX}}","y":"{{VectorY}}"}"""));
        Assert.That(key.Thumbprint, Is.EqualTo(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(key.Jwk)))));
        Assert.That(key.Thumbprint, Is.EqualTo("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"));
    }

    [Test]
    public void Signature_verifies_with_the_public_key_over_header_and_payload()
    {
        using var key = VectorKey();

        var jws = JsonNode.Parse(Jws.Sign(key, accountUrl: null, "https://ca.test/new-order", "n-1", "{}"u8))!;

        var input = Encoding.ASCII.GetBytes($"{jws["protected"]}.{jws["payload"]}");
        using var verifier = ECDsa.Create(VectorParameters());
        Assert.That(verifier.VerifyData(
            input,
            Base64Url.DecodeFromChars((string)jws["signature"]!),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Test]
    public void Header_has_the_public_key_before_the_account_is_known_and_its_url_afterwards([Values] bool isKnown)
    {
        using var key = VectorKey();

        var jws = JsonNode.Parse(Jws.Sign(key, isKnown ? "https://ca.test/acct/1" : null, "https://ca.test/x", "n-1", []))!;

        var header = JsonNode.Parse(Base64Url.DecodeFromChars((string)jws["protected"]!))!;
        Assert.Multiple(() =>
        {
            Assert.That((string)header["alg"]!, Is.EqualTo("ES256"));
            Assert.That((string)header["nonce"]!, Is.EqualTo("n-1"));
            Assert.That((string)header["url"]!, Is.EqualTo("https://ca.test/x"));
            Assert.That((string?)header["kid"], isKnown ? Is.EqualTo("https://ca.test/acct/1") : Is.Null);
            Assert.That(header["jwk"] is null, Is.EqualTo(isKnown));
            Assert.That((string)jws["payload"]!, Is.Empty);
        });
    }

    [Test]
    public void Binding_is_an_HMAC_over_the_public_key_without_a_nonce()
    {
        var secret = RandomNumberGenerator.GetBytes(32);

        var jws = JsonNode.Parse(Jws.Bind(new ExternalAccount("kid-1", secret), """{"kty":"EC"}""", "https://ca.test/new-account"))!;

        var header = JsonNode.Parse(Base64Url.DecodeFromChars((string)jws["protected"]!))!;
        var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{jws["protected"]}.{jws["payload"]}"));
        Assert.Multiple(() =>
        {
            Assert.That(header.ToJsonString(), Is.EqualTo("""{"alg":"HS256","kid":"kid-1","url":"https://ca.test/new-account"}"""));
            Assert.That((string)jws["signature"]!, Is.EqualTo(Base64Url.EncodeToString(mac)));
            Assert.That(Encoding.ASCII.GetString(Base64Url.DecodeFromChars((string)jws["payload"]!)), Is.EqualTo("""{"kty":"EC"}"""));
        });
    }

    [Test]
    public void Renewal_id_is_that_of_the_example_in_RFC_9773()
    {
        var key = Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4");

        Assert.Multiple(() =>
        {
            Assert.That(RenewalId.Of(key, Convert.FromHexString("0087654321")), Is.EqualTo("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"));
            Assert.That(RenewalId.Of(key, Convert.FromHexString("87654321")), Is.EqualTo("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"));
        });
    }

    [TestCase("not a key")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void Account_key_that_is_none_is_refused(string pem)
    {
        Assert.That(() => AcmeAccountKey.FromPem(pem), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Account_key_of_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.That(() => AcmeAccountKey.FromPem(other.ExportPkcs8PrivateKeyPem()), Throws.TypeOf<FormatException>().With.Message.Contains("384"));
    }

    [Test]
    public void Problem_becomes_one_bounded_line_without_control_characters()
    {
        var problem = new AcmeProblem
        {
            Type = "urn:ietf:params:acme:error:compound",
            Detail = "two\r\nlines \u001b[31m" + new string('x', 10_000),
            Subproblems = [new AcmeProblem { Type = "urn:ietf:params:acme:error:caa", Detail = "no" }],
        };

        var line = problem.ToLine();

        Assert.That(line, Does.StartWith("compound: two  lines  [31mx").And.Length.LessThanOrEqualTo(601));
        Assert.That(line.Any(char.IsControl), Is.False);
    }

    [TestCase("Shop.Example.com.", "shop.example.com")]
    [TestCase("*.example.com", "*.example.com")]
    [TestCase("localhost", "localhost")]
    [TestCase("xn--bcher-kva.example", "xn--bcher-kva.example")]
    public void Host_names_are_taken_in_lower_case(string text, string host)
    {
        Assert.That(CertificateHost.TryParse(text, out var parsed), text);
        Assert.That(parsed, Is.EqualTo(host));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("*")]
    [TestCase("*.")]
    [TestCase("a.*.b")]
    [TestCase("a..b")]
    [TestCase("-a.example")]
    [TestCase("a_b.example")]
    [TestCase("bücher.example")]
    [TestCase("10.0.0.1")]
    [TestCase("[::1]")]
    [TestCase("shop.example:443")]
    [TestCase("../etc/passwd")]
    [TestCase("a/b")]
    public void Other_texts_are_no_host_names(string text)
    {
        Assert.That(CertificateHost.TryParse(text, out _), Is.False, text);
    }

    [TestCase("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ", true)]
    [TestCase("0123456789abcdefghi", false)]
    [TestCase("0123456789abcdefghi_", true)]
    [TestCase("../../../../../../etc/passwd", false)]
    [TestCase("0123456789abcdefghij%", false)]
    public void Tokens_are_base64url_of_20_to_128_characters(string token, bool isToken)
    {
        Assert.That(ChallengeToken.IsToken(token), Is.EqualTo(isToken));
        Assert.That(ChallengeToken.IsToken(new string('a', 128)));
        Assert.That(ChallengeToken.IsToken(new string('a', 129)), Is.False);
    }

    private static AcmeAccountKey VectorKey()
    {
        using var key = ECDsa.Create(VectorParameters());
        return AcmeAccountKey.FromPem(key.ExportPkcs8PrivateKeyPem());
    }

    private static ECParameters VectorParameters() => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(VectorX), Y = Base64Url.DecodeFromChars(VectorY) },
        D = Base64Url.DecodeFromChars(VectorD),
    };
}
