namespace WunderProxy.ManagerApi.Events;

/// <summary>One event as it is sent, in full and for callers without rights.</summary>
/// <param name="Number">Its place since the process started, from 1.</param>
/// <param name="Full">The block for watchers with rights.</param>
/// <param name="Public">The block for all others; empty if they are not told.</param>
internal readonly record struct PastEvent(long Number, byte[] Full, byte[] Public)
{
    /// <summary>Size of both blocks in bytes.</summary>
    public int Bytes => Full.Length + Public.Length;

    /// <summary>Returns the block for a watcher.</summary>
    public byte[] For(bool hasRights) => hasRights ? Full : Public;
}
