using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>A counter alone in its cache line, so that loops that count do not slow each other down.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct PaddedCounter
{
    [FieldOffset(64)]
    private int _value;

    /// <summary>The value; readable from any thread.</summary>
    public readonly int Value => Volatile.Read(in _value);

    /// <summary>Adds 1 and returns the sum; a full memory fence.</summary>
    public int Increment() => Interlocked.Increment(ref _value);

    /// <summary>Subtracts 1 and returns the rest; a full memory fence.</summary>
    public int Decrement() => Interlocked.Decrement(ref _value);
}
