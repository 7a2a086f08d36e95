using System.Globalization;
using System.Text;

namespace WunderProxy.ManagerApi.Events;

/// <summary>Writes the blocks of an event stream (HTML Standard, section 9.2.6).</summary>
internal static class StreamText
{
    /// <summary>A comment, which keeps proxies from closing a silent stream and tells us when the watcher has left.</summary>
    public static ReadOnlyMemory<byte> Heartbeat { get; } = ":\n\n"u8.ToArray();

    /// <summary>
    /// Returns the first block of a stream: how long a browser waits before it connects again, and the id from which a
    /// watcher that has seen no event yet goes on.
    /// </summary>
    public static byte[] Begin(TimeSpan retry, string id) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\nid: {id}\n\n"));

    /// <summary>Returns the block of one event on the stream.</summary>
    /// <param name="name">Name of the event, without line ends.</param>
    /// <param name="id">The id; empty for an event that leaves the watcher's last id as it is.</param>
    /// <param name="data">The text; each of its lines becomes a line of data.</param>
    public static byte[] Event(string name, string id, string data)
    {
        var block = new StringBuilder(data.Length + 64).Append("event: ").Append(name).Append('\n');
        if (id.Length > 0)
        {
            block.Append("id: ").Append(id).Append('\n');
        }

        foreach (var line in data.AsSpan().EnumerateLines())
        {
            block.Append("data: ").Append(line).Append('\n');
        }

        return Encoding.UTF8.GetBytes(block.Append('\n').ToString());
    }
}
