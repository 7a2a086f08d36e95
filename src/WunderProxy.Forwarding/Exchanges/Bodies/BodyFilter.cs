using System.Buffers;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// Changes the payload of one body between decoding and encoding, such as a compression does. The receiver is told no
/// length. A filter is used on one loop, for one body at a time.
/// </summary>
/// <remarks>
/// The relay hands over what has arrived, at most one block of a read at a time, and waits between blocks while the receiver
/// takes nothing: a filter neither bounds nor delays anything itself.
/// </remarks>
internal abstract class BodyFilter
{
    /// <summary>Takes payload and writes what has become of it; may keep a part for later.</summary>
    public abstract void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output);

    /// <summary>Writes what was kept, since the sender has nothing more for now: what it flushed is flushed.</summary>
    public abstract void Flush(IBufferWriter<byte> output);

    /// <summary>Writes what was kept and whatever ends the payload. Not called for a body that breaks off.</summary>
    public abstract void End(IBufferWriter<byte> output);

    /// <summary>The body has ended or broken off: the filter may be used for another.</summary>
    public virtual void Release()
    {
    }
}
