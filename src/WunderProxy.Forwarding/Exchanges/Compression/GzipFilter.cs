using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>
/// Compresses one body after another with gzip (RFC 1952). The runtime offers its encoder as a stream only, which is
/// made for each body and writes into <see cref="FilterSink"/>.
/// </summary>
#pragma warning disable CA1001 // Release ends each body's stream; the sink holds nothing.
internal sealed class GzipFilter(ResponseCompressor owner) : BodyFilter
#pragma warning restore CA1001
{
    private static readonly ZLibCompressionOptions Fast = new() { CompressionLevel = 2 };
    private static readonly ZLibCompressionOptions Normal = new() { CompressionLevel = 4 };
    private static readonly ZLibCompressionOptions Small = new() { CompressionLevel = 6 };

    // A stream that was given no byte writes none, and no bytes are no gzip. Should another runtime's write some, these
    // take their place.
    private static ReadOnlySpan<byte> Empty => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly FilterSink _sink = new();
    private GZipStream? _stream;
    private bool _isEmpty;
    private bool _holdsBack;

    private GZipStream Stream => _stream ?? throw new UnreachableException("a filter is begun first");

    /// <summary>Creates the gzip encoder of one body.</summary>
    /// <param name="level">How hard to try; gzip level 2, 4 or 6.</param>
    public void Begin(ResponseCompression level)
    {
        _stream = new GZipStream(
            _sink,
            level switch
            {
                ResponseCompression.Fast => Fast,
                ResponseCompression.Small => Small,
                _ => Normal,
            },
            leaveOpen: true);
        _isEmpty = true;
        _holdsBack = false;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        _isEmpty = false;
        _holdsBack = true;
        _sink.Output = output;
        Stream.Write(payload);
        _sink.Output = null;
    }

    /// <inheritdoc/>
    public override void Flush(IBufferWriter<byte> output)
    {
        if (!_holdsBack)
        {
            return;
        }

        // The stream makes this a sync flush of its encoder: all that was written can be decoded by now.
        _holdsBack = false;
        _sink.Output = output;
        Stream.Flush();
        _sink.Output = null;
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output)
    {
        output.Write(_isEmpty ? Empty : default);
        _sink.Output = _isEmpty ? null : output;
        Stream.Dispose();
        _sink.Output = null;
        _stream = null;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        // A body that broke off, or failed while bytes were written, has no end: what the stream still writes is dropped.
        _sink.Output = null;
        _stream?.Dispose();
        _stream = null;
        owner.Return(this);
    }
}
