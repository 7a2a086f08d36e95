using System.Runtime.InteropServices;
using System.Text;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

internal sealed class RuntimeCryptographyTests
{
    private static readonly byte[] Runtime = File.ReadAllBytes(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Security.Cryptography.Native.OpenSsl.so"));

    [Test]
    public void Library_of_this_machine_is_found()
    {
        Assert.That(RuntimeCryptography.IsAvailable(out var expected), Is.True);
        Assert.That(expected, Does.StartWith("libssl.so."));
    }

    [Test]
    public void Names_are_those_of_the_runtime()
    {
        foreach (var name in RuntimeCryptography.NamesFor(null))
        {
            Assert.That(HasText(name), Is.True, name);
        }

        Assert.That(HasText(RuntimeCryptography.VersionVariable), Is.True);
        Assert.That(HasText("libssl.so.4"), Is.False, "a name that the runtime knows and RuntimeCryptography does not");
    }

    [TestCase(null, "libssl.so.3")]
    [TestCase("", "libssl.so.3")]
    [TestCase("4", "libssl.so.4")]
    [TestCase("12345678901234567890123456789012", "libssl.so.12345678901234567890123456789012")]
    [TestCase("123456789012345678901234567890123", "libssl.so.3")]
    public void Version_of_the_variable_is_tried_first(string? version, string first) =>
        Assert.That(RuntimeCryptography.NamesFor(version)[0], Is.EqualTo(first));

    /// <summary>Whether the runtime's library has a text that ends where it ends.</summary>
    private static bool HasText(string text) => Runtime.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text + "\0")) >= 0;
}
