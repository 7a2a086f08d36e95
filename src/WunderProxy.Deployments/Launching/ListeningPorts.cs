using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Launching;

/// <summary>Finds out where a container listens for TCP connections, as evidence for a failed launch.</summary>
internal static class ListeningPorts
{
    /// <summary>The state LISTEN in <c>/proc/net/tcp</c>.</summary>
    private const string Listen = "0A";

    /// <summary>Address of the engine's name server in every container on a user-defined network.</summary>
    private static readonly IPAddress EngineNames = IPAddress.Parse("127.0.0.11");

    /// <summary>Ports tried by connecting if the container's <c>/proc</c> cannot be read.</summary>
    private static readonly int[] UsualPorts = [80, 443, 3000, 4000, 4567, 5000, 8000, 8080, 8081, 8443, 8888, 9000, 9292];

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Returns the addresses by ascending port, or null if they cannot be found out, for example on the machine's own
    /// network.
    /// </summary>
    public static async Task<IReadOnlyList<IPEndPoint>?> FindAsync(
        ContainerDetails container, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!container.State.Running || container.NetworkMode == NetworkOwner.HostMode)
        {
            return null;
        }

        return ReadProc(container) ?? await TryUsualAsync(container, clock, cancellationToken);
    }

    /// <summary>Returns the listening sockets in a <c>/proc/net/tcp</c> or <c>/proc/net/tcp6</c> table.</summary>
    internal static IEnumerable<IPEndPoint> Parse(IEnumerable<string> lines) => lines
        .Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns.Length > 3 && columns[3] == Listen)
        .Select(columns => ParseAddress(columns[1]))
        .Where(listener => !listener.Address.Equals(EngineNames));

    /// <summary>
    /// Parses a hexadecimal address, in words of four bytes in the machine's byte order (proc_net_tcp.txt of the
    /// kernel).
    /// </summary>
    private static IPEndPoint ParseAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        var bytes = Convert.FromHexString(text[..colon]);
        for (var word = 0; BitConverter.IsLittleEndian && word < bytes.Length; word += 4)
        {
            bytes.AsSpan(word, 4).Reverse();
        }

        var address = new IPAddress(bytes);
        return new IPEndPoint(
            address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
            int.Parse(text[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static IReadOnlyList<IPEndPoint>? ReadProc(ContainerDetails container)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{container.State.Pid}");
        try
        {
            // Seen from inside a container, the process id may belong to another process.
            if (!File.ReadAllText($"{folder}/cgroup").Contains(container.Id, StringComparison.Ordinal))
            {
                return null;
            }

            string[] tables = [$"{folder}/net/tcp", $"{folder}/net/tcp6"];
            return [.. tables.Where(File.Exists).SelectMany(table => Parse(File.ReadLines(table))).Distinct().OrderBy(l => l.Port)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<IPEndPoint>?> TryUsualAsync(
        ContainerDetails container, TimeProvider clock, CancellationToken cancellationToken)
    {
        var address = container.Networks.Values
            .SelectMany(network => new[] { network.IPAddress, network.GlobalIPv6Address })
            .FirstOrDefault(text => IPAddress.TryParse(text, out _));
        if (address is null)
        {
            return null;
        }

        // A port that answers there accepts connections from others too, whatever address the socket has.
        var open = await Task.WhenAll(UsualPorts.Select(port => IsOpenAsync(address, port, clock, cancellationToken)));
        return [.. UsualPorts.Where((_, index) => open[index]).Select(port => new IPEndPoint(IPAddress.Any, port))];
    }

    private static async Task<bool> IsOpenAsync(
        string address, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(ConnectPatience, clock, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
