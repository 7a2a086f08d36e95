namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Finds and opens <c>STATE/APP-XXXXXXXX</c>, and checks that no other user can have put files there. Below STATE no
/// link is followed; STATE itself may be a link to a directory of root or of this user.
/// </summary>
internal static class StateDirectory
{
    public const int OwnerOnly = 0x1c0;

    private const string System = "/var/lib/wunderproxy";
    private const int OthersAll = 0x3f;

    /// <summary>
    /// Returns the state directory that is used without <c>--state-dir</c>; see
    /// <see cref="LocalState.DefaultDirectory()"/>.
    /// </summary>
    public static string Default(Func<string, string?> environment, string system = System)
    {
        if (IsWritable(system))
        {
            return system;
        }

        // A relative path is refused: after a start from another working directory the records would be missing.
        return environment("HOME") is { } home && Path.IsPathRooted(home)
            ? Path.Combine(home, ".local", "state", "wunderproxy")
            : throw new StateUnwritableException(
                $"{system} cannot be written, and HOME names no absolute path to keep the state in instead: give --state-dir");
    }

    /// <summary>Opens the directory of a service and creates it, and its parents, if missing.</summary>
    /// <param name="path">Path of STATE.</param>
    /// <param name="name">Name of the service's directory in STATE.</param>
    /// <param name="warn">Receives warnings about problems that do not forbid the start.</param>
    /// <exception cref="StateUnwritableException">Another user could have put files there.</exception>
    public static DirectoryHandle Open(string path, string name, Action<string> warn)
    {
        if (path.Length == 0)
        {
            throw new StateUnwritableException("the name of the state directory is empty");
        }

        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(full, (UnixFileMode)OwnerOnly);
        using var state = DirectoryHandle.Open(full);
        JudgeState(state, full, warn);
        var own = state.OpenOrMakeDirectory(name, OwnerOnly);
        try
        {
            JudgeOwn(own);
            return own;
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether this user may own the files: the user of this process, or root, who can do everything that this process
    /// can.
    /// </summary>
    public static bool IsTrusted(uint user) => user == 0 || user == Posix.EffectiveUser();

    private static void JudgeState(DirectoryHandle state, string path, Action<string> warn)
    {
        var status = state.Status;
        if (!IsTrusted(status.User))
        {
            if (new DirectoryInfo(path).LinkTarget is not null)
            {
                throw new StateUnwritableException($"{path} is a link to a directory of user {status.User}");
            }

            warn($"the state directory {path} belongs to user {status.User}, who can take it away from this service");
        }

        if (status.IsWritableByOthers)
        {
            warn($"the state directory {path} can be written by other users: chmod go-w {path}");
        }
    }

    private static void JudgeOwn(DirectoryHandle own)
    {
        var status = own.Status;
        if (!IsTrusted(status.User))
        {
            throw new StateUnwritableException(
                $"{own.FullPath} belongs to user {status.User}, and this process is user {Posix.EffectiveUser()}");
        }

        if ((status.Mode & OthersAll) != 0)
        {
            own.ChangeMode(OwnerOnly);
        }
    }

    private static bool IsWritable(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, (UnixFileMode)OwnerOnly);
            using var handle = DirectoryHandle.Open(directory);
            var probe = $".probe-{Guid.NewGuid():n}";
            handle.CreateFile(probe, 0).Dispose();
            handle.Delete(probe);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
