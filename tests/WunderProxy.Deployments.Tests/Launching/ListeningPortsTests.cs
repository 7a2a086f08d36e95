using System.Net;
using WunderProxy.Deployments.Launching;

namespace WunderProxy.Deployments.Tests.Launching;

[TestFixture]
[Parallelizable]
internal sealed class ListeningPortsTests
{
    private const string Heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    [Test]
    public void Only_listening_sockets_are_told_with_their_addresses()
    {
        string[] table =
        [
            Heading,
            "   0: 00000000:244C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
            "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
            "   2: 0100007F:1F91 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
        ];

        Assert.That(Parse(table), Is.EqualTo(new[] { "0.0.0.0:9292", "127.0.0.1:8080" }));
    }

    [Test]
    public void Addresses_of_six_are_read_word_by_word()
    {
        string[] table =
        [
            Heading,
            "   0: 00000000000000000000000000000000:244C 00000000000000000000000000000000:0000 0A 0 0 0 0 0 1",
            "   1: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 0 0 0 0 0 1",
            "   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 0 0 0 0 0 1",
            "   3: B80D0120000000000000000002000000:0050 00000000000000000000000000000000:0000 0A 0 0 0 0 0 1",
        ];

        Assert.That(Parse(table), Is.EqualTo(new[] { "[::]:9292", "[::1]:3000", "127.0.0.1:8080", "[2001:db8::2]:80" }));
    }

    [Test]
    public void Name_server_of_the_engine_is_not_the_applications()
    {
        string[] table = [Heading, "   0: 0B00007F:A3C1 00000000:0000 0A 0 0 0 0 0 1"];

        Assert.That(Parse(table), Is.Empty);
    }

    [TestCase("", "it listens on none")]
    [TestCase("0.0.0.0:9292", "it listens on 9292")]
    [TestCase("0.0.0.0:3000", "it listens on 3000")]
    [TestCase("0.0.0.0:9292 [::]:9292", "it listens on 9292")]
    [TestCase("172.17.0.2:3000", "it listens on 172.17.0.2:3000")]
    [TestCase("127.0.0.1:9292 0.0.0.0:9292", "it listens on 127.0.0.1:9292, 9292")]
    [TestCase("127.0.0.1:3000 0.0.0.0:4000", "it listens on 127.0.0.1:3000, 4000")]
    [TestCase(
        "127.0.0.1:9292",
        "it listens on 127.0.0.1:9292; only the container itself reaches 127.0.0.1:9292: let it listen on 0.0.0.0")]
    [TestCase("[::1]:9292", "it listens on [::1]:9292; only the container itself reaches [::1]:9292: let it listen on 0.0.0.0")]
    [TestCase(
        "127.0.0.1:9292 [::1]:9292 0.0.0.0:4000",
        "it listens on 127.0.0.1:9292, [::1]:9292, 4000; only the container itself reaches 127.0.0.1:9292, [::1]:9292: let it listen on 0.0.0.0")]
    [TestCase(
        "127.0.0.1:3000",
        "it listens on 127.0.0.1:3000; only the container itself reaches 127.0.0.1:3000: let it listen on 0.0.0.0, and on port 9292 or the one in ContainerPort")]
    public void Hint_says_the_address_and_what_to_do(string listeners, string hint)
    {
        var listening = listeners.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPEndPoint.Parse).ToArray();

        Assert.That(ListeningHint.Of(listening, 9292), Is.EqualTo($"; traffic would go to port 9292, {hint}"));
    }

    private static IEnumerable<string> Parse(string[] table) => ListeningPorts.Parse(table).Select(listener => listener.ToString());
}
