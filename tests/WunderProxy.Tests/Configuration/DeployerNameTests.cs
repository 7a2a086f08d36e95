using WunderProxy.Configuration;

namespace WunderProxy.Tests.Configuration;

[Parallelizable]
internal sealed class DeployerNameTests
{
    [TestCase("ada@build7", true)]
    [TestCase("Ada L.", true)]
    [TestCase("Zoë Müller 梅", true)]
    [TestCase("\U0001F680", true)]
    [TestCase("", false)]
    [TestCase("   ", false)]
    [TestCase("a\nb", false)]
    [TestCase("a\u001b[31m", false)]
    [TestCase("a\u0085b", false)]
    [TestCase("a\u202eb", false)]
    [TestCase("a\u2028b", false)]
    [TestCase("a\u200bb", false)]
    [TestCase("a\ue000b", false)]
    public void Name_is_printable(string name, bool isValid) =>
        Assert.That(DeployerName.IsValid(name), Is.EqualTo(isValid));

    [Test]
    public void Half_a_surrogate_pair_is_no_name() =>
        Assert.That(DeployerName.IsValid("a" + (char)0xd800), Is.False);

    [TestCase(128, true)]
    [TestCase(129, false)]
    [TestCase(100_000, false)]
    public void Name_is_bounded_in_characters(int length, bool isValid)
    {
        Assert.That(DeployerName.IsValid(new string('x', length)), Is.EqualTo(isValid));
        Assert.That(DeployerName.IsValid(string.Concat(Enumerable.Repeat("\U0001F680", length))), Is.EqualTo(isValid));
    }

    [Test]
    public void Name_of_the_system_is_made_one()
    {
        Assert.That(DeployerName.From("a\nb@host"), Is.EqualTo("a?b@host"));
        Assert.That(DeployerName.From(new string('x', 500)), Has.Length.EqualTo(128));
        Assert.That(DeployerName.From(""), Is.EqualTo("unknown"));
    }
}
