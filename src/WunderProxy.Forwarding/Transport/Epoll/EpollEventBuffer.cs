using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>An array of struct epoll_event, which is packed on x86-64 and on no other architecture.</summary>
internal sealed unsafe class EpollEventBuffer(int capacity) : IDisposable
{
    /// <summary>Size of the largest struct epoll_event, in bytes.</summary>
    public const int MaxSize = 16;

    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataOffset + sizeof(ulong);

    /// <summary>Address of the first event, for epoll_wait.</summary>
    public byte* Start { get; } = (byte*)NativeMemory.Alloc((nuint)(capacity * MaxSize));

    /// <summary>Most events that one call of epoll_wait returns.</summary>
    public int Capacity => capacity;

    /// <summary>Writes one event into <paramref name="destination"/>, of <see cref="MaxSize"/> bytes.</summary>
    public static void Write(byte* destination, EpollEvents events, ulong data)
    {
        Unsafe.WriteUnaligned(destination, (uint)events);
        Unsafe.WriteUnaligned(destination + DataOffset, data);
    }

    /// <summary>The event at <paramref name="index"/>, with the data given at its registration.</summary>
    public (EpollEvents Events, ulong Data) this[int index]
    {
        get
        {
            var at = Start + (index * Size);
            return ((EpollEvents)Unsafe.ReadUnaligned<uint>(at), Unsafe.ReadUnaligned<ulong>(at + DataOffset));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(Start);
}
