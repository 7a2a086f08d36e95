using System.Text;
using WunderProxy.Forwarding.Fallback;

namespace WunderProxy.Forwarding.Tests.Fallback;

[Parallelizable(ParallelScope.All)]
internal sealed class FallbackSignatureTests
{
    private const string Text = "v1\n1767225600\n0123456789abcdef\nGET\n/a?b=c\nshop.test\n203.0.113.7, 10.0.0.1\nhttps";

    // Of another implementation (Python's hmac): other programs may sign too.
    private const string Mac = "95f928ad3f124af7495b4775cb9eef07efac73d47633968fd9bdbc6c9fd0c9c7";

    [Test]
    public void Signature_is_the_one_that_others_compute()
    {
        var mac = new byte[FallbackSignature.HexDigits];

        FallbackSignature.Sign(PeerSignature.Key(), Bytes(Text), mac);

        Assert.That(Encoding.ASCII.GetString(mac), Is.EqualTo(Mac));
    }

    [TestCase(Text, Mac, ExpectedResult = true)]
    [TestCase(Text + "x", Mac, ExpectedResult = false)]
    [TestCase(Text, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", ExpectedResult = false)]
    [TestCase(Text, "zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", ExpectedResult = false)]
    [TestCase(Text, "00", ExpectedResult = false)]
    [TestCase(Text, "", ExpectedResult = false)]
    public bool Only_the_right_one_is_believed(string text, string mac) =>
        FallbackSignature.IsOf(PeerSignature.Key(), Bytes(text), Bytes(mac));

    [Test]
    public void Case_of_the_digits_does_not_matter() =>
        Assert.That(FallbackSignature.IsOf(PeerSignature.Key(), Bytes(Text), Bytes(Mac.ToUpperInvariant())), Is.True);

    [Test]
    public void Other_key_makes_another_signature() =>
        Assert.That(FallbackSignature.IsOf(PeerSignature.KeyOf("other"), Bytes(Text), Bytes(Mac)), Is.False);

    [Test]
    public void Key_is_read_again_and_stays_when_that_fails()
    {
        var secrets = new Queue<string>(["other", PeerSignature.Secret]);
        var key = new PeerKey(() => Encoding.UTF8.GetBytes(secrets.Dequeue()));
        var before = FallbackSignature.IsOf(key, Bytes(Text), Bytes(Mac));

        key.Reload();
        var after = FallbackSignature.IsOf(key, Bytes(Text), Bytes(Mac));

        Assert.That((before, after), Is.EqualTo((false, true)));
        Assert.That(key.Reload, Throws.InvalidOperationException);
        Assert.That(FallbackSignature.IsOf(key, Bytes(Text), Bytes(Mac)), Is.True);
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
