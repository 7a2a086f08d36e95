using System.Runtime.InteropServices;

namespace WunderProxy.Deployments.Tests;

/// <summary>Makes what the class library cannot: files that are none, and those of other users. Needs root.</summary>
internal static partial class TestPosix
{
    private const int OwnerOnly = 0x180;
    private const int SocketType = 0xc000;
    private const int CharacterDeviceType = 0x2000;
    private const ulong NullDevice = 0x103;

    public static void MakeFifo(string path) => Assert.That(Mkfifo(path, OwnerOnly), Is.Zero, path);

    public static void MakeSocket(string path) => Assert.That(Mknod(path, SocketType | OwnerOnly, 0), Is.Zero, path);

    /// <summary>A device like <c>/dev/null</c>.</summary>
    public static void MakeDevice(string path) =>
        Assert.That(Mknod(path, CharacterDeviceType | OwnerOnly, NullDevice), Is.Zero, path);

    /// <summary>Gives a file away; -1 leaves the group.</summary>
    public static void ChangeOwner(string path, int user, int group = -1) =>
        Assert.That(Chown(path, user, group), Is.Zero, "the tests run as root");

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mkfifo(string path, int mode);

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mknod(string path, int mode, ulong device);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, int user, int group);
}
