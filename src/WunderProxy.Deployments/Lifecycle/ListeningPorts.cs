using System.Globalization;
using System.Net.Sockets;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Finds out on which TCP ports a container does listen: evidence for a launch that failed.</summary>
internal static class ListeningPorts
{
    /// <summary>State LISTEN in <c>/proc/net/tcp</c>.</summary>
    private const string Listen = "0A";

    /// <summary>Tried by connecting when the container's <c>/proc</c> is out of sight.</summary>
    private static readonly int[] UsualPorts = [80, 443, 3000, 4000, 4567, 5000, 8000, 8080, 8081, 8443, 8888, 9000, 9292];

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>The ports in ascending order; null when that cannot be told.</summary>
    public static async Task<IReadOnlyList<int>?> FindAsync(
        ContainerDetails container, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!container.State.Running)
        {
            return null;
        }

        return ReadProc(container) ?? await TryUsualAsync(container, clock, cancellationToken);
    }

    /// <summary>The ports that one <c>/proc/net/tcp</c> table lists as listening.</summary>
    internal static IEnumerable<int> Parse(IEnumerable<string> lines) => lines
        .Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns.Length > 3 && columns[3] == Listen)
        .Select(columns => columns[1][(columns[1].LastIndexOf(':') + 1)..])
        .Select(hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static IReadOnlyList<int>? ReadProc(ContainerDetails container)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{container.State.Pid}");
        try
        {
            // From inside a container the number may be another process of ours.
            if (!File.ReadAllText($"{folder}/cgroup").Contains(container.Id, StringComparison.Ordinal))
            {
                return null;
            }

            string[] tables = [$"{folder}/net/tcp", $"{folder}/net/tcp6"];
            return [.. tables.Where(File.Exists).SelectMany(table => Parse(File.ReadLines(table))).Distinct().Order()];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<int>?> TryUsualAsync(
        ContainerDetails container, TimeProvider clock, CancellationToken cancellationToken)
    {
        var address = container.NetworkSettings.Networks?.Values
            .Select(network => network.IPAddress)
            .FirstOrDefault(text => text.Length > 0);
        if (address is null)
        {
            return null;
        }

        var open = await Task.WhenAll(UsualPorts.Select(port => IsOpenAsync(address, port, clock, cancellationToken)));
        return [.. UsualPorts.Where((_, index) => open[index])];
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
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
