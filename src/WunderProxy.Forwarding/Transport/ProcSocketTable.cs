using System.Globalization;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Reads <c>/proc/net/tcp</c> (proc(5)), for kernels that do not answer <c>NETLINK_SOCK_DIAG</c>.</summary>
internal static class ProcSocketTable
{
    private const string Path = "/proc/net/tcp";
    private const int LocalColumn = 1;
    private const int RemoteColumn = 2;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;

    // The states established, SYN received, both FIN waits and close wait.
    private static readonly HashSet<string> Connected = new(StringComparer.Ordinal) { "01", "03", "04", "05", "08" };

    /// <summary>
    /// Lists the inodes of connected IPv4 sockets whose local or remote port is <paramref name="port"/>.
    /// </summary>
    /// <returns>The inodes, or null if the file does not exist.</returns>
    public static List<uint>? List(int port, bool isRemotePort)
    {
        try
        {
            return Parse(File.ReadLines(Path), port, isRemotePort);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Extracts the inodes from the lines of the table, whose first line is a header.</summary>
    public static List<uint> Parse(IEnumerable<string> lines, int port, bool isRemotePort)
    {
        var ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        var inodes = new List<uint>();
        foreach (var line in lines.Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > InodeColumn
                && columns[isRemotePort ? RemoteColumn : LocalColumn].EndsWith(ending, StringComparison.Ordinal)
                && Connected.Contains(columns[StateColumn])
                && uint.TryParse(columns[InodeColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
            {
                inodes.Add(inode);
            }
        }

        return inodes;
    }
}
