using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

[Parallelizable]
internal sealed class LaunchConfigHashTests
{
    // printf 'abc' | md5sum; printf 'abc' | sha256sum
    private const string Md5 = "900150983cd24fb0d6963f7d28e17f72";
    private const string Sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [TestCase(Md5, Md5)]
    [TestCase(Sha256, Sha256)]
    [TestCase("  900150983CD24FB0D6963F7D28E17F72\r\n", Md5)]
    [TestCase("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", Sha256)]
    public void Reference_of_32_or_64_digits_is_read(string text, string value) =>
        Assert.That(LaunchConfigReference.Parse(text).Value, Is.EqualTo(value));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("900150983cd24fb0d6963f7d28e17f7")]
    [TestCase("900150983cd24fb0d6963f7d28e17f722")]
    [TestCase("g00150983cd24fb0d6963f7d28e17f72")]
    [TestCase("900150983cd24fb0 6963f7d28e17f72")]
    [TestCase("../../../../../../../etc/passwd")]
    [TestCase("９00150983cd24fb0d6963f7d28e17f72")]
    public void Text_that_is_no_hash_is_refused(string? text) =>
        Assert.That(LaunchConfigReference.TryParse(text, out _), Is.False);

    [Test]
    public void Hash_takes_no_alias() =>
        Assert.Multiple(() =>
        {
            Assert.That(LaunchConfigHash.TryParse(Md5, out _), Is.False);
            Assert.That(() => LaunchConfigHash.Parse(Md5), Throws.InstanceOf<FormatException>());
        });

    [Test]
    public void Both_digests_name_the_same_bytes() =>
        Assert.Multiple(() =>
        {
            Assert.That(LaunchConfigHash.Of("abc"u8).Value, Is.EqualTo(Sha256));
            Assert.That(LaunchConfigReference.AliasOf("abc"u8).Value, Is.EqualTo(Md5));
            Assert.That(LaunchConfigReference.Parse(Md5).Matches("abc"u8), Is.True);
            Assert.That(LaunchConfigReference.Parse(Sha256).Matches("abc"u8), Is.True);
            Assert.That(LaunchConfigReference.Parse(Sha256).Matches("abd"u8), Is.False);
        });

    [Test]
    public void Brief_form_has_the_first_8_digits() =>
        Assert.Multiple(() =>
        {
            Assert.That(LaunchConfigReference.Parse(Md5).Brief, Is.EqualTo("90015098"));
            Assert.That(LaunchConfigHash.Parse(Sha256).Brief, Is.EqualTo("ba7816bf"));
            Assert.That(default(LaunchConfigHash).Brief, Is.Empty);
        });
}
