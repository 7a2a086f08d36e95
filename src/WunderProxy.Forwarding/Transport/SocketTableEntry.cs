namespace WunderProxy.Forwarding.Transport;

/// <summary>One TCP socket as the kernel's table describes it.</summary>
/// <param name="State">The kernel's number of the socket state; 1 is established.</param>
/// <param name="UserId">Id of the user who owns the socket; also 0 for a socket that no process holds any more.</param>
/// <param name="Inode">The socket's inode; 0 for a socket that no process holds any more.</param>
internal readonly record struct SocketTableEntry(byte State, uint UserId, uint Inode);
