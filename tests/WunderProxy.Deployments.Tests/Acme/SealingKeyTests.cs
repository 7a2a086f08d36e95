using System.Security.Cryptography;
using WunderProxy.Deployments.Acme.Sharing;

namespace WunderProxy.Deployments.Tests.Acme;

[Parallelizable(ParallelScope.All)]
internal sealed class SealingKeyTests
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(40);
    private static readonly byte[] Content = "the key"u8.ToArray();

    [Test]
    public void Sealed_document_is_opened_by_the_same_secret_and_shows_nothing()
    {
        var sealedBytes = new SealingKey(Secret).Seal("a.pem", Content);

        Assert.That(new SealingKey(Secret).TryOpen("a.pem", sealedBytes, out var content), Is.EqualTo(SealVerdict.Good));
        Assert.That(content, Is.EqualTo(Content));
        Assert.That(sealedBytes.AsSpan().IndexOf(Content), Is.Negative);
        Assert.That(new SealingKey(Secret).Seal("a.pem", Content), Is.Not.EqualTo(sealedBytes), "every nonce is new");
    }

    [Test]
    public void Document_under_another_name_is_damaged()
    {
        var sealedBytes = new SealingKey(Secret).Seal("a.pem", Content);

        Assert.That(new SealingKey(Secret).TryOpen("b.pem", sealedBytes, out _), Is.EqualTo(SealVerdict.Damaged));
    }

    [Test]
    public void Document_of_another_secret_is_told_apart()
    {
        var sealedBytes = new SealingKey(Secret).Seal("a.pem", Content);

        Assert.That(new SealingKey(RandomNumberGenerator.GetBytes(32)).TryOpen("a.pem", sealedBytes, out _), Is.EqualTo(SealVerdict.OtherKey));
    }

    [Test]
    public void Every_changed_or_missing_byte_is_noticed()
    {
        var key = new SealingKey(Secret);
        var sealedBytes = key.Seal("a.pem", Content);

        Assert.Multiple(() =>
        {
            for (var i = 0; i < sealedBytes.Length; i++)
            {
                var changed = sealedBytes.ToArray();
                changed[i] ^= 1;
                Assert.That(key.TryOpen("a.pem", changed, out _), Is.Not.EqualTo(SealVerdict.Good), $"byte {i}");
                Assert.That(key.TryOpen("a.pem", sealedBytes.AsSpan(0, i), out _), Is.Not.EqualTo(SealVerdict.Good), $"cut at {i}");
            }
        });
    }

    [Test]
    public void Secret_of_less_than_32_bytes_is_refused()
    {
        Assert.That(() => new SealingKey(new byte[31]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
