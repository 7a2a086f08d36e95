using System.Runtime.InteropServices;

namespace WunderProxy.Configuration;

/// <summary>The user and group as which this process runs.</summary>
internal static partial class ProcessUser
{
    /// <summary>Effective user id (geteuid(2)); 0 on systems without user ids.</summary>
    public static uint Id { get; } = OperatingSystem.IsLinux() ? GetEffectiveUser() : 0;

    /// <summary>Effective group id (getegid(2)); 0 on systems without group ids.</summary>
    public static uint GroupId { get; } = OperatingSystem.IsLinux() ? GetEffectiveGroup() : 0;

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetEffectiveGroup();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
