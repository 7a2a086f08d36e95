using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.Deployments.Tests.Lifecycle;

[TestFixture]
[Parallelizable]
internal sealed class ListeningPortsTests
{
    [Test]
    public void Only_listening_sockets_are_told()
    {
        string[] table =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 00000000:244C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
            "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
            "   2: 0100007F:1F91 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0",
        ];

        Assert.That(ListeningPorts.Parse(table), Is.EqualTo(new[] { 9292, 8080 }));
    }
}
