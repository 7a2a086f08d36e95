using WunderProxy.Fleet;

namespace WunderProxy.Tests.Fleet;

[Parallelizable]
internal sealed class ManagerAddressTests
{
    [TestCase("http://web1:8001", "http://web1:8001/")]
    [TestCase("https://web1/ignored/path", "https://web1/")]
    [TestCase("web1:8001", "http://web1:8001/")]
    [TestCase("0.0.0.0:8001", "http://127.0.0.1:8001/")]
    [TestCase("[::]:8001", "http://localhost:8001/")]
    [TestCase("[::1]:8001", "http://[::1]:8001/")]
    public void Address_becomes_a_base_address(string text, string expected)
    {
        Assert.That(ManagerAddress.TryParse(text, out var address), Is.True);
        Assert.That(address.BaseAddress.AbsoluteUri, Is.EqualTo(expected));
        Assert.That(address.UnixSocket, Is.Null);
    }

    [Test]
    public void Unix_path_is_connected_to()
    {
        Assert.That(ManagerAddress.TryParse("unix:/run/wp.sock", out var address), Is.True);
        Assert.That(address.UnixSocket!.ToString(), Is.EqualTo("/run/wp.sock"));
    }

    [TestCase("ftp://web1")]
    [TestCase("web1")]
    [TestCase("")]
    public void Address_without_sense_is_refused(string text) =>
        Assert.That(ManagerAddress.TryParse(text, out _), Is.False);
}
