using System.Buffers;
using WunderProxy.Forwarding.Exchanges.Bodies;

namespace WunderProxy.Forwarding.Tests.Exchanges.Bodies;

/// <summary>
/// Writes every byte twice, and keeps the last one back until it is told to flush or to end; ends with an exclamation mark.
/// </summary>
internal sealed class DoublingFilter : BodyFilter
{
    private byte? _kept;

    public int Releases { get; private set; }

    public int Writes { get; private set; }

    public override void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        Writes++;
        foreach (var octet in payload)
        {
            Flush(output);
            _kept = octet;
        }
    }

    public override void Flush(IBufferWriter<byte> output)
    {
        if (_kept is { } octet)
        {
            output.Write([octet, octet]);
            _kept = null;
        }
    }

    public override void End(IBufferWriter<byte> output)
    {
        Flush(output);
        output.Write("!"u8);
    }

    public override void Release() => Releases++;
}
