using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>A counter alone in its cache line, so that two loops that count do not slow each other.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct PaddedCounter
{
    [FieldOffset(64)]
    private int _value;

    /// <summary>The value, as any thread sees it.</summary>
    public readonly int Value => Volatile.Read(in _value);

    /// <summary>Adds 1; a full fence.</summary>
    public int Increment() => Interlocked.Increment(ref _value);

    /// <summary>Takes 1; a full fence.</summary>
    public int Decrement() => Interlocked.Decrement(ref _value);
}
