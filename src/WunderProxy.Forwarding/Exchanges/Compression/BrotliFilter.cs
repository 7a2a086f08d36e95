using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using WunderProxy.Forwarding.Exchanges.Bodies;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>Compresses one body after another with Brotli (RFC 7932).</summary>
internal sealed class BrotliFilter(ResponseCompressor owner) : BodyFilter
{
    // Measured on pages: a larger window makes them no smaller, and takes more memory.
    private const int WindowBits = 18;
    private const int OutputBytes = 4 * 1024;

    private BrotliEncoder _encoder;
    private bool _holdsBack;

    /// <summary>Creates the Brotli encoder of one body.</summary>
    /// <param name="quality">The quality by which Brotli counts, 0 to 11.</param>
    public void Begin(int quality)
    {
        _encoder = new BrotliEncoder(quality, WindowBits);
        _holdsBack = false;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        _holdsBack = true;
        Compress(payload, output, isFinal: false);
    }

    /// <inheritdoc/>
    public override void Flush(IBufferWriter<byte> output)
    {
        if (!_holdsBack)
        {
            return;
        }

        _holdsBack = false;
        for (var status = OperationStatus.DestinationTooSmall; status == OperationStatus.DestinationTooSmall;)
        {
            status = _encoder.Flush(output.GetSpan(OutputBytes), out var written);
            output.Advance(written);
            Check(status);
        }
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output) => Compress(default, output, isFinal: true);

    /// <inheritdoc/>
    public override void Release()
    {
        _encoder.Dispose();
        _encoder = default;
        owner.Return(this);
    }

    private void Compress(ReadOnlySpan<byte> payload, IBufferWriter<byte> output, bool isFinal)
    {
        for (var status = OperationStatus.DestinationTooSmall; status == OperationStatus.DestinationTooSmall;)
        {
            status = _encoder.Compress(payload, output.GetSpan(OutputBytes), out var consumed, out var written, isFinal);
            output.Advance(written);
            payload = payload[consumed..];
            Check(status);
        }
    }

    private static void Check(OperationStatus status)
    {
        if (status == OperationStatus.InvalidData)
        {
            throw new UnreachableException("Brotli compresses every input");
        }
    }
}
