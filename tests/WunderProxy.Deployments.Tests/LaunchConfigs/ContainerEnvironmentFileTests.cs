using System.Text;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

[Parallelizable]
internal sealed class ContainerEnvironmentFileTests
{
    [Test]
    public void Lines_are_keys_and_values_and_the_rest_is_passed_over()
    {
        var file = Parse("# comment\n\nA=1\r\n  # indented\nB=x=y #z\nC=\n \t\nA=2");

        Assert.That(
            file.Variables.Select(variable => $"{variable.Key}={variable.Value}"),
            Is.EqualTo(new[] { "A=2", "B=x=y #z", "C=" }));
    }

    [Test]
    public void Byte_order_mark_is_no_part_of_the_first_key() =>
        Assert.That(Parse("\ufeffA=1").Variables[0].Key, Is.EqualTo("A"));

    [TestCase("A=1\nsecret\n", 2)]
    [TestCase("=x", 1)]
    [TestCase("A=1\n\n# c\nexport B=1", 4)]
    [TestCase("A =1", 1)]
    [TestCase("A=a\0b", 1)]
    public void Line_that_is_neither_is_named_with_its_file_and_not_shown(string text, int line) =>
        Assert.That(
            () => Parse(text),
            Throws.InstanceOf<FormatException>().With.Message.EqualTo($"/etc/wp.cfg: line {line} is not key=value"));

    [TestCase(new byte[] { (byte)'A', (byte)'=', 0xFF }, "line 1 holds a byte that is not UTF-8 (0xFF), at byte 2 of the file")]
    [TestCase(new byte[] { (byte)'A', (byte)'=', (byte)'1', (byte)'\n', (byte)'B', (byte)'=', 0xE4, (byte)'\n' }, "line 2 holds a byte that is not UTF-8 (0xE4), at byte 6 of the file")]
    [TestCase(new byte[] { (byte)'#', 0xC3, (byte)'(' }, "line 1 holds a byte")]
    [TestCase(new byte[] { 0xFF, 0xFE, (byte)'A', 0, (byte)'=', 0 }, "UTF-16")]
    public void Text_in_another_encoding_is_named_by_line(byte[] content, string reason) =>
        Assert.That(
            () => ContainerEnvironmentFile.Parse("/etc/wp.cfg", content),
            Throws.InstanceOf<FormatException>().With.Message.StartsWith("/etc/wp.cfg: ").And.Message.Contains(reason));

    [Test]
    public void Digest_is_of_the_bytes() =>
        Assert.Multiple(() =>
        {
            Assert.That(Parse("A=1\n").Digest, Is.Not.EqualTo(Parse("A=1").Digest));
            Assert.That(
                Parse("A=1\n").Digest, // printf 'A=1\n' | sha256sum
                Is.EqualTo("91d6a3d55e9fea7911c537afae6607c77fa8bc0f3a76c375e104ac5a8cfa84db"));
            Assert.That(ContainerEnvironmentFile.None.Digest, Is.Empty);
        });

    private static ContainerEnvironmentFile Parse(string text) =>
        ContainerEnvironmentFile.Parse("/etc/wp.cfg", Encoding.UTF8.GetBytes(text));
}
