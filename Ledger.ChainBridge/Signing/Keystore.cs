using Ledger.Core.Identity;
using Nethereum.KeyStore;
using Nethereum.KeyStore.Crypto;
using Nethereum.KeyStore.Model;

namespace Ledger.ChainBridge.Signing;

/// <summary>Web3 Secret Storage, version 3: a key in a file under a password. For development; production keys stay in a remote signer.</summary>
public static class Keystore
{
    /// <summary>Opens a file's text.</summary>
    /// <exception cref="SignerException"><c>keystore-malformed</c> or <c>keystore-password</c>.</exception>
    public static PrivateKey Open(string json, string password)
    {
        byte[]? key = null;
        try
        {
            key = new KeyStoreService().DecryptKeyStoreFromJson(password, json);
            return PrivateKey.FromBytes(key);
        }
        catch (DecryptionException e)
        {
            throw new SignerException("keystore-password", "the password does not open the key file; give the right one", e);
        }
        catch (Exception e) when (e is not SignerException and not OutOfMemoryException)
        {
            // The reader of the format throws whatever its parser and its ciphers do.
            throw new SignerException("keystore-malformed", "the file is no Web3 Secret Storage of version 3; make it anew", e);
        }
        finally
        {
            if (key is not null) System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Makes a file's text from a key, with scrypt.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="address">Its address.</param>
    /// <param name="password">What opens it again.</param>
    /// <param name="rounds">scrypt's N, a power of two; 262144 as geth uses, less only for tests.</param>
    public static string Seal(byte[] key, WalletAddress address, string password, int rounds = 1 << 18)
    {
        KeyStoreScryptService scrypt = new();
        return scrypt.SerializeKeyStoreToJson(scrypt.EncryptAndGenerateKeyStore(password, key, address.ToString(), new ScryptParams { Dklen = 32, N = rounds, R = 8, P = 1 }));
    }
}
