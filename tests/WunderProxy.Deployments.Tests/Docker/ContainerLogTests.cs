using System.Buffers.Binary;
using System.Text;
using Docker.DotNet;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable]
internal sealed class ContainerLogTests
{
    [Test]
    public async Task Frames_of_both_streams_are_joined_in_their_order()
    {
        var lines = await ContainerLog.ReadAsync(Framed(Frames((1, "one\ntw"), (2, "o\n"), (1, "three\r\n"))), 50, CancellationToken.None);

        Assert.That(lines, Is.EqualTo(new[] { "one", "two", "three" }));
    }

    [Test]
    public async Task Terminal_output_is_taken_as_it_is()
    {
        var lines = await ContainerLog.ReadAsync(new MultiplexedStream(new MemoryStream("a\r\nb\r\n"u8.ToArray()), false), 50, CancellationToken.None);

        Assert.That(lines, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task Only_the_last_lines_are_kept()
    {
        var lines = await ContainerLog.ReadAsync(Framed(Frames((1, "1\n2\n3\n4\n"))), 2, CancellationToken.None);

        Assert.That(lines, Is.EqualTo(new[] { "3", "4" }));
    }

    [Test]
    public async Task Stream_that_ends_inside_a_frame_gives_what_came()
    {
        var whole = Frames((1, "complete\n"), (1, "half of it")).ToArray();

        var lines = await ContainerLog.ReadAsync(Framed(new MemoryStream(whole[..^4])), 50, CancellationToken.None);

        Assert.That(lines, Is.EqualTo(new[] { "complete", "half o" }));
    }

    private static MultiplexedStream Framed(MemoryStream frames) => new(frames, multiplexed: true);

    private static MemoryStream Frames(params (byte Stream, string Text)[] frames)
    {
        var bytes = new MemoryStream();
        var header = new byte[8];
        foreach (var (stream, text) in frames)
        {
            header[0] = stream;
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), (uint)text.Length);
            bytes.Write(header);
            bytes.Write(Encoding.UTF8.GetBytes(text));
        }

        bytes.Position = 0;
        return bytes;
    }
}
