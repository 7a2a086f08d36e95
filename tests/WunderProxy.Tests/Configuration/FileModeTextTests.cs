using WunderProxy.Configuration;

namespace WunderProxy.Tests.Configuration;

[Parallelizable]
internal sealed class FileModeTextTests
{
    [TestCase("0600", 0x180)]
    [TestCase("600", 0x180)]
    [TestCase("0660", 0x1b0)]
    [TestCase("666", 0x1b6)]
    [TestCase("0777", 0x1ff)]
    public void Octal_mode_is_read(string text, int mode)
    {
        Assert.That(FileModeText.TryParse(text, out var parsed), Is.True);
        Assert.That((int)parsed, Is.EqualTo(mode));
    }

    [TestCase("")]
    [TestCase("0")]
    [TestCase("66")]
    [TestCase("0680")]
    [TestCase("1660")]
    [TestCase("4777")]
    [TestCase("00660")]
    [TestCase("0o660")]
    [TestCase("0x1b0")]
    [TestCase("-660")]
    [TestCase(" 660")]
    [TestCase("u=rw")]
    [TestCase("0060")]
    [TestCase("0460")]
    public void Anything_else_is_none(string text) => Assert.That(FileModeText.TryParse(text, out _), Is.False);
}
