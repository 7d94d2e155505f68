# In the place of evmone's module of this name, which downloads and builds it.
include_guard()
add_library(blst::blst STATIC IMPORTED GLOBAL)
set_target_properties(blst::blst PROPERTIES IMPORTED_LOCATION ${BLST_ROOT}/libblst.a
                                            INTERFACE_INCLUDE_DIRECTORIES ${BLST_ROOT})
