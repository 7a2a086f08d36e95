namespace WunderProxy.Deployments.Storage;

/// <summary>Type, mode, owner and size of a name in a directory.</summary>
/// <param name="Kind">The file type bits, masked by <c>S_IFMT</c>.</param>
/// <param name="Mode">The permission bits, with set-id and sticky bits.</param>
/// <param name="User">Id of the owner.</param>
/// <param name="Group">Id of the group.</param>
/// <param name="SizeBytes">Size of a regular file in bytes.</param>
internal readonly record struct FileStatus(int Kind, int Mode, uint User, uint Group, long SizeBytes)
{
    private const int KindMask = 0xf000;
    private const int Regular = 0x8000;
    private const int Directory = 0x4000;
    private const int Link = 0xa000;
    private const int Fifo = 0x1000;
    private const int Socket = 0xc000;
    private const int OthersWrite = 0b000_010_010;
    private const int Sticky = 0x200;

    public bool IsRegular => Kind == Regular;

    public bool IsDirectory => Kind == Directory;

    public bool IsLink => Kind == Link;

    public bool IsFifo => Kind == Fifo;

    /// <summary>Whether users other than the owner may remove names from this directory.</summary>
    public bool IsWritableByOthers => (Mode & OthersWrite) != 0 && (Mode & Sticky) == 0;

    /// <summary>The file type in words, with an article.</summary>
    public string KindName => Kind switch
    {
        Regular => "a regular file",
        Directory => "a directory",
        Link => "a symbolic link",
        Fifo => "a FIFO",
        Socket => "a socket",
        _ => "a device",
    };

    public static FileStatus Of(RawFileStatus raw) =>
        new(raw.Mode & KindMask, raw.Mode & ~KindMask, raw.User, raw.Group, (long)raw.SizeBytes);
}
