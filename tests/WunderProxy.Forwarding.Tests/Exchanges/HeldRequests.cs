using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Buffering;
using WunderProxy.Forwarding.Transport.Memory;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What tests of held requests share: a proxy that holds them, requests and what has to be true afterwards.</summary>
internal static class HeldRequests
{
    public const int Block = 64 * 1024;
    public const int MiB = 1 << 20;
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    public const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    public static readonly BufferOptions Small = new() { ConnectionMemoryBytes = 4 * Block, ConnectionDiskBytes = MiB };

    public static MemoryProxy NewProxy(BufferOptions? buffers = null, ScriptedDisk? disk = null, ApplicationOptions? served = null) =>
        new(
            options => options with { Buffers = buffers ?? new BufferOptions() },
            capacityBytes: 16 * 1024,
            served: served ?? new ApplicationOptions { BuffersRequests = true },
            disk: disk);

    /// <summary>A request whose body is framed by its length or in chunks.</summary>
    public static string Request(string framing, string body, string method = "POST") => framing == "length"
        ? $"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        : $"{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks(body)}0\r\n\r\n";

    private static string Chunks(string body) =>
        string.Concat(body.Chunk(100_001).Select(part => $"{part.Length:x}\r\n{new string(part)}\r\n"));

    public static string Body(int length) =>
        string.Create(length, 0, static (text, _) =>
        {
            for (var at = 0; at < text.Length; at++)
            {
                text[at] = (char)('a' + (at % 1009 % 26));
            }
        });

    public static string HeadOf(string message) => message[..(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];

    public static string BodyOf(string message) => message[HeadOf(message).Length..];

    // A failure tells where two texts differ, and not the texts, which are long.
    public static void AssertSame(string actual, string expected) =>
        Assert.That((actual.Length, actual.AsSpan().CommonPrefixLength(expected)), Is.EqualTo((expected.Length, expected.Length)));

    public static void AssertAnswered(MemoryProxy proxy, MemoryConnection client, string before = "")
    {
        _ = proxy.Received(proxy.Upstreams[^1]);
        proxy.Send(proxy.Upstreams[^1], Ok);
        Assert.That(proxy.Received(client), Is.EqualTo(before + Ok));
        AssertNothingHeld(proxy);
    }

    public static void AssertNothingHeld(MemoryProxy proxy)
    {
        var held = proxy.Context.Settings.Buffers!.Snapshot();
        Assert.That((held.Memory, held.Disk), Is.EqualTo((0L, 0L)));
    }
}
