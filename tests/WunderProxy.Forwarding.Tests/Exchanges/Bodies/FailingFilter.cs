using System.Buffers;
using WunderProxy.Forwarding.Exchanges.Bodies;

namespace WunderProxy.Forwarding.Tests.Exchanges.Bodies;

/// <summary>Passes a number of bytes on unchanged, and then throws.</summary>
internal sealed class FailingFilter(int bytesUntilFault) : BodyFilter
{
    private int _bytesUntilFault = bytesUntilFault;

    public override void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        _bytesUntilFault -= payload.Length;
        if (_bytesUntilFault < 0)
        {
            throw new InvalidOperationException("made by the test");
        }

        output.Write(payload);
    }

    public override void Flush(IBufferWriter<byte> output)
    {
    }

    public override void End(IBufferWriter<byte> output)
    {
    }

    public override void Release()
    {
    }
}
