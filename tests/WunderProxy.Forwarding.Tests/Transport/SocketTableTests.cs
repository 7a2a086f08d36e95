using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Who is connected to a port of ours, by the kernel's own tables.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SocketTableTests
{
    private const int Own = 30;
    private const int Foreign = 20;

    // Connects, says so, and ends with its input.
    private const string Connector =
        "import socket,sys; s=[socket.create_connection(('127.0.0.1',int(sys.argv[1]))) for _ in range(int(sys.argv[2]))];"
        + "print('there',flush=True); sys.stdin.read()";

    [Test]
    public void Connections_of_other_processes_are_counted_and_our_own_are_not()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(200);
        var address = (IPEndPoint)listener.LocalEndPoint!;
        var clients = Enumerable.Range(0, Own).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        clients.ForEach(client => client.Connect(address));
        var before = SocketTable.CountStrangers(address.Port, tolerated: 0);

        using var others = Process.Start(new ProcessStartInfo("python3", ["-c", Connector, $"{address.Port}", $"{Foreign}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.That(others.StandardOutput.ReadLine(), Is.EqualTo("there"));
        var strangers = SocketTable.CountStrangers(address.Port, tolerated: 0);
        var tolerated = SocketTable.CountStrangers(address.Port, tolerated: Own + Foreign);
        others.StandardInput.Close();
        others.WaitForExit();
        clients.ForEach(client => client.Dispose());

        Assert.That((before, strangers, tolerated), Is.EqualTo((0, Foreign, 0)));
    }

    [Test]
    public void Table_of_the_file_system_says_the_same()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0",
            "   1: 0100007F:2328 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 22 1 0 20 4 30 10 -1",
            "   2: 0100007F:D431 0100007F:2328 01 00000000:00000000 00:00000000 00000000  1000        0 33 1 0 20 4 30 10 -1",
            "   3: 0100007F:2328 0100007F:D432 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1",
            "   4: 0100007F:2328 0100007F:D433 08 00000000:00000000 00:00000000 00000000     0        0 44 1 0 20 4 30 10 -1",
        ];

        Assert.That(ProcSocketTable.Parse(lines, 9000, isRemotePort: false), Is.EqualTo(new uint[] { 22, 44 }));
        Assert.That(ProcSocketTable.Parse(lines, 9000, isRemotePort: true), Is.EqualTo(new uint[] { 33 }));
    }
}
