using System.Buffers.Binary;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>The machine's busybox, which runs in an image without any library.</summary>
internal static class StaticBusybox
{
    private const string Program = "/bin/busybox";
    private const int InterpreterHeader = 3;

    /// <summary>The path of the static busybox.</summary>
    /// <exception cref="AssertionException">The machine has none, or one that needs libraries.</exception>
    public static string Path => IsStatic(File.ReadAllBytes(MachineProgram.PathOf(Program)))
        ? Program
        : throw new AssertionException($"{Program} needs libraries: eng/setup.sh installs Debian's busybox-static in its place");

    // A 64-bit ELF file (System V ABI, chapter 5) that is linked dynamically names its interpreter in a program header.
    internal static bool IsStatic(ReadOnlySpan<byte> file)
    {
        var offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(file[0x20..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(file[0x36..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x38..]);
        for (var header = 0; header < count; header++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(file[(offset + header * size)..]) == InterpreterHeader)
            {
                return false;
            }
        }

        return true;
    }
}
