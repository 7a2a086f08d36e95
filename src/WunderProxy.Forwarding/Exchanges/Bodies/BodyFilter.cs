using System.Buffers;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// Changes the payload of one body between decoding and encoding, as a compression does. The receiver is told no
/// length. A filter is used on one loop, for one body at a time.
/// </summary>
/// <remarks>
/// The relay hands over what has arrived, 16 KiB in a turn of the loop, and waits while the receiver accepts nothing: a
/// filter itself neither limits nor delays anything. It asks for a flush only when a turn of the loop brought no more.
/// </remarks>
internal abstract class BodyFilter
{
    /// <summary>Takes payload and writes the result; may keep a part for later.</summary>
    public abstract void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output);

    /// <summary>
    /// Writes what was kept, because the sender has nothing more at present: what the sender flushed is flushed.
    /// </summary>
    public abstract void Flush(IBufferWriter<byte> output);

    /// <summary>Writes what was kept and what ends the payload. Not called for a body that breaks off.</summary>
    public abstract void End(IBufferWriter<byte> output);

    /// <summary>Releases the filter for another body, because this one has ended or broken off.</summary>
    public virtual void Release()
    {
    }
}
